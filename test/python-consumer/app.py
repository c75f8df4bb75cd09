"""The app of app.ts, through the wheel: python app.py OUTDIR LAYER_FOLDER. A failing synth prints the message alone."""
import sys

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.aws_lambda import Code, Function, Runtime
from cdk_lambda_layers import BundlingMode, LayerBundlingOptions, LayerContent, SharedDependencyLayer, SlimOptions

outdir, folder = sys.argv[1:]


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
    app.synth()
    print("\n".join(f"{package.name} {package.version}" for package in libs.manifest.packages))


try:
    synthesise()
except RuntimeError as error:
    print(error)
    sys.exit(1)
