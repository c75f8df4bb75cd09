"""Verifies JSON Web Tokens."""
from .authorizer import authorizer, create_authorizer
from .errors import ConfigurationError
from .require_auth import require_auth
from .token import reset, verify_token

__all__ = ['ConfigurationError', 'authorizer', 'create_authorizer', 'require_auth', 'reset', 'verify_token']
