"""The app of extensions.ts, through the wheel: python extensions.py OUTDIR SCRIPT. A failing synth prints the message alone."""
import sys

from aws_cdk import App, Duration, Size, Stack
from aws_cdk.aws_lambda import Code, Function, Runtime
from aws_cdk.aws_secretsmanager import Secret
from aws_cdk.aws_ssm import StringParameter
from cdk_lambda_layers import (
    ExtensionCode,
    ExtensionLayer,
    SecretsExtension,
    SecurityAction,
    SecurityCheck,
    SecurityExtension,
    TelemetryDestination,
    TelemetryType,
)

outdir, script = sys.argv[1:]


def synthesise() -> None:
    app = App(outdir=outdir)
    stack = Stack(app, "Consumer")
    function = Function(
        stack,
        "Orders",
        runtime=Runtime.PYTHON_3_13,
        handler="index.handler",
        code=Code.from_inline("def handler(event, context): pass"),
    )
    secrets = SecretsExtension(stack, "Secrets", secrets=[Secret(stack, "Db")], refresh=Duration.minutes(5))
    secrets.attach_to(function)
    audit = ExtensionLayer(
        stack,
        "Audit",
        purpose="audit",
        extensions=[
            ExtensionCode.script(script, name="audit"),
            ExtensionCode.config(parameters=[StringParameter(stack, "Level", string_value="high")]),
            ExtensionCode.telemetry(
                destination=TelemetryDestination.emf(),
                types=[TelemetryType.PLATFORM],
                flush=Duration.seconds(5),
                buffer=Size.mebibytes(2),
            ),
        ],
        environment={"AUDIT_LEVEL": "high"},
    )
    audit.attach_to(function)
    SecurityExtension(
        stack,
        "Security",
        layers=[secrets, audit],
        on_finding=SecurityAction.STOP,
        checks=[SecurityCheck.CHANGES, SecurityCheck.CREDENTIALS],
    ).attach_to(function)
    app.synth()
    print(" ".join(audit.environment))
    print("\n".join(f"{program.path} {program.interpreter or 'alone'}" for program in audit.manifest.programs))


try:
    synthesise()
except RuntimeError as error:
    print(error)
    sys.exit(1)
