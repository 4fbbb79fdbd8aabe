"""The translator beside Hugging Face and CTranslate2; what these need stands in requirements.txt."""
