"""What a user did or has that cannot work: each message says what was found, what was expected and what to do."""


class TranslatorError(Exception):
    """Shown by the command line without a traceback."""


class CorpusError(TranslatorError):
    """An unknown corpus or pair, or files that are not what they should be."""


class TokenizerError(TranslatorError):
    """A tokenizer that is missing, damaged or not the one that the model was trained with."""


class CheckpointError(TranslatorError):
    """A run or checkpoint that is missing, damaged or of another model."""


class InputError(TranslatorError, ValueError):
    """A sentence that cannot be translated, or settings that are unknown, make no sense or contradict each other."""


class TrainingError(TranslatorError):
    """A training that cannot go on: a loss, a gradient or a weight is no longer a finite number."""


class ExportError(TranslatorError):
    """A model that a format cannot hold, a folder that is taken, or a package that is missing."""
