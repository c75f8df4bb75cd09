"""Verifies tokens by auth_utils and by PyJWT alone, in turns: auth.py FOLDER_OF_THE_LAYER ALGORITHM ROUNDS.

Prints, as JSON, the seconds per token of each round.
"""
import json
import os
import sys
import time

folder, algorithm, rounds = sys.argv[1:]
sys.path.insert(0, folder)

import jwt  # noqa: E402
from auth_utils import verify_token  # noqa: E402

TOKENS = 100
ISSUER, AUDIENCE = "https://issuer.example", "orders"


def keys():
    """What signs, and what verifies: as PyJWT prepares it, and as the environment holds it."""
    if algorithm == "HS256":
        secret = "a secret that is long enough for the bench"
        return secret, secret.encode(), secret
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    private = rsa.generate_private_key(65537, 2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())
    public = private.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public, pem.decode()


signing, prepared, text = keys()
os.environ["JWT_KEY"] = text
os.environ["AUTH_UTILS_CONFIG"] = json.dumps(
    {"key": {"type": "environment", "name": "JWT_KEY"}, "algorithms": [algorithm], "issuer": ISSUER, "audience": [AUDIENCE]}
)

now = int(time.time())
claims = [
    {"sub": f"user-{number}", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 3600, "scope": "orders:read orders:write"}
    for number in range(TOKENS)
]
tokens = [jwt.encode(one, signing, algorithm) for one in claims]


def bare(token):
    return jwt.decode(token, prepared, algorithms=[algorithm], audience=[AUDIENCE], issuer=ISSUER, options={"require": ["exp"]})


def ours(token):
    return verify_token(token)


def seconds(verify):
    begin = time.perf_counter()
    for token in tokens:
        verify(token)
    return (time.perf_counter() - begin) / TOKENS


# Both must say the same, and be warm.
for token, expected in zip(tokens, claims):
    if bare(token) != expected or ours(token) != {"valid": True, "payload": expected}:
        sys.exit(f"{token} was not verified")

times = {"bare": [], "ours": []}
for _ in range(int(rounds)):
    times["bare"].append(seconds(bare))
    times["ours"].append(seconds(ours))
print(json.dumps(times))
