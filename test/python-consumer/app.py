"""The app of app.ts, through the wheel: python app.py OUTDIR LAYER_FOLDER IMPORTED_LAYERS [REASON]. A failing synth prints the message alone.

A reason acknowledges LayerCount.
"""
import sys

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.aws_lambda import Code, Function, Runtime
from cdk_lambda_layers import (
    BundlingMode,
    ImportedLayer,
    LayerBundlingOptions,
    LayerContent,
    LayerRules,
    SharedDependencyLayer,
    SlimOptions,
)

outdir, folder, imported, *reasons = sys.argv[1:]


def synthesise() -> None:
    app = App(outdir=outdir)
    stack = Stack(app, "Consumer")
    libs = SharedDependencyLayer(
        stack,
        "Libs",
        purpose="consumer",
        content=[
            LayerContent.python(folder),
            LayerContent.files("settings", destination="settings", exclude=["*.bak"]),
        ],
        compatible_runtimes=[Runtime.PYTHON_3_13],
        description="idna and settings",
        license="BSD-3-Clause",
        removal_policy=RemovalPolicy.DESTROY,
        bundling=LayerBundlingOptions(mode=BundlingMode.LOCAL),
        slim=SlimOptions(installer_files=True),
    )
    function = Function(stack, "Encode", runtime=Runtime.PYTHON_3_13, handler="index.handler", code=Code.from_inline("import idna"))
    libs.attach_to(function)
    for number in range(int(imported)):
        arn = f"arn:aws:lambda:eu-central-1:111122223333:layer:imported-{number}:1"
        ImportedLayer.from_arn(stack, f"Imported{number}", layer_version_arn=arn).attach_to(function)
    for reason in reasons:
        LayerRules.of(function).acknowledge("LayerCount", reason)
    app.synth()
    print("\n".join(f"{package.name} {package.version}" for package in libs.manifest.packages))


try:
    synthesise()
except RuntimeError as error:
    print(error)
    sys.exit(1)
