import io.github.cdklambdalayers.FilesContentOptions;
import io.github.cdklambdalayers.FunctionReport;
import io.github.cdklambdalayers.ImportedLayer;
import io.github.cdklambdalayers.ImportedLayerAttributes;
import io.github.cdklambdalayers.LayerContent;
import io.github.cdklambdalayers.LayerReport;
import io.github.cdklambdalayers.LayerRules;
import io.github.cdklambdalayers.LayerTesting;
import io.github.cdklambdalayers.SharedDependencyLayer;
import io.github.cdklambdalayers.SlimOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Size;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;

/** The app of app.ts, through the jar: App OUTDIR CONTENT_FOLDER IMPORTED_LAYERS [stub]. A failing synth prints the message alone. */
public final class App {
  public static void main(String[] arguments) {
    try {
      synthesise(arguments[0], arguments[1], Integer.parseInt(arguments[2]), arguments.length > 3);
    } catch (RuntimeException error) {
      System.out.println(messageOf(error));
      System.exit(1);
    }
  }

  private static void synthesise(String outdir, String folder, int imported, boolean isStub) {
    var app = new software.amazon.awscdk.App(AppProps.builder()
        .outdir(outdir)
        .context(isStub ? LayerTesting.stubContext() : Map.of())
        .build());
    var stack = new Stack(app, "Consumer");
    var libs = SharedDependencyLayer.Builder.create(stack, "Libs")
        .purpose("consumer")
        .content(List.of(LayerContent.files(folder, FilesContentOptions.builder().destination("settings").exclude(List.of("*.bak")).build())))
        .compatibleRuntimes(List.of(Runtime.JAVA_17, Runtime.PYTHON_3_13))
        .description("settings")
        .license("Apache-2.0")
        .removalPolicy(RemovalPolicy.DESTROY)
        .slim(SlimOptions.builder().installerFiles(true).build())
        .build();
    var function = Function.Builder.create(stack, "Read")
        .runtime(Runtime.PYTHON_3_13)
        .handler("index.handler")
        .code(Code.fromInline("open(\"/opt/settings/shared.conf\")"))
        .build();
    libs.attachTo(function);
    for (int number = 0; number < imported; number += 1) {
      ImportedLayer.fromArn(stack, "Imported" + number, ImportedLayerAttributes.builder()
          .layerVersionArn("arn:aws:lambda:eu-central-1:111122223333:layer:imported-" + number + ":1")
          .unzippedSize(Size.mebibytes(1))
          .build()).attachTo(function);
    }
    app.synth();
    for (FunctionReport report : LayerRules.of(app).report().getFunctions()) {
      System.out.println(report.getFunctionPath() + ": " + report.getLayers().stream().map(App::describe).collect(Collectors.joining(", ")));
    }
  }

  private static String describe(LayerReport layer) {
    return layer.getName() + " " + Objects.requireNonNullElse(layer.getUnzippedBytes(), "unknown");
  }

  /** jsii appends JavaScript's stack, which begins with a name and the message once more. */
  static String messageOf(RuntimeException error) {
    var text = error.getMessage();
    var firstLine = text.lines().findFirst().orElseThrow();
    return text.split("\n\\S+: " + Pattern.quote(firstLine), 2)[0];
  }
}
