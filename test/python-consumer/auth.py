"""The app of auth.ts, through the wheel: python auth.py OUTDIR ALGORITHM…. A failing synth prints the message alone."""
import sys

from aws_cdk import App, Duration, Stack
from aws_cdk.aws_lambda import Code, Function, Runtime
from aws_cdk.aws_secretsmanager import Secret
from cdk_lambda_layers import AuthKey, AuthUtilsLayer, JwtAlgorithm

outdir, *algorithms = sys.argv[1:]


def synthesise() -> None:
    app = App(outdir=outdir)
    stack = Stack(app, "Consumer")
    secret = Secret(stack, "Jwt")
    auth = AuthUtilsLayer(
        stack,
        "Auth",
        key=AuthKey.secret(secret, field="secret", cache_ttl=Duration.minutes(10), overlap=Duration.hours(1)),
        algorithms=[JwtAlgorithm[name] for name in algorithms],
        issuer="https://issuer.example",
        audience=["orders"],
        leeway=Duration.seconds(30),
        description="who calls",
    )
    auth.attach_to(
        Function(
            stack,
            "Orders",
            runtime=Runtime.PYTHON_3_13,
            handler="index.handler",
            code=Code.from_inline("from auth_utils import verify_token"),
            environment={"STAGE": "test"},
        ),
        Function(
            stack,
            "Reports",
            runtime=Runtime.NODEJS_22_X,
            handler="index.handler",
            code=Code.from_inline("const { verifyToken } = require('auth-utils')"),
        ),
    )
    app.synth()
    print(" ".join(auth.environment))
    print("\n".join(f"{package.name} {package.version}" for package in auth.manifest.packages))


try:
    synthesise()
except RuntimeError as error:
    print(error)
    sys.exit(1)
