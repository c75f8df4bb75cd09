class ConfigurationError(Exception):
    """The configuration or its key is unfit. The message is for the operator: never a token or a secret."""


class Refused(Exception):
    """The token is not accepted; the argument is the code."""
