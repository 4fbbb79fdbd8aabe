"""A trained model for other libraries: Hugging Face, CTranslate2, ONNX. Each needs the extra `export`."""
