import io.github.cdklambdalayers.ConfigExtensionOptions;
import io.github.cdklambdalayers.ExtensionCode;
import io.github.cdklambdalayers.ExtensionCodeOptions;
import io.github.cdklambdalayers.ExtensionLayer;
import io.github.cdklambdalayers.SecretsExtension;
import io.github.cdklambdalayers.SecurityAction;
import io.github.cdklambdalayers.SecurityCheck;
import io.github.cdklambdalayers.SecurityExtension;
import io.github.cdklambdalayers.TelemetryDestination;
import io.github.cdklambdalayers.TelemetryExtensionOptions;
import io.github.cdklambdalayers.TelemetryType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Size;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.ssm.StringParameter;

/** The app of python-consumer's extensions.ts, through the jar: Extensions OUTDIR SCRIPT. A failing synth prints the message alone. */
public final class Extensions {
  public static void main(String[] arguments) {
    try {
      synthesise(arguments[0], arguments[1]);
    } catch (RuntimeException error) {
      System.out.println(App.messageOf(error));
      System.exit(1);
    }
  }

  private static void synthesise(String outdir, String script) {
    var app = new software.amazon.awscdk.App(AppProps.builder().outdir(outdir).build());
    var stack = new Stack(app, "Consumer");
    var function = Function.Builder.create(stack, "Orders")
        .runtime(Runtime.PYTHON_3_13)
        .handler("index.handler")
        .code(Code.fromInline("def handler(event, context): pass"))
        .build();
    var secrets = SecretsExtension.Builder.create(stack, "Secrets")
        .secrets(List.of(Secret.Builder.create(stack, "Db").build()))
        .refresh(Duration.minutes(5))
        .build();
    secrets.attachTo(function);
    var audit = ExtensionLayer.Builder.create(stack, "Audit")
        .purpose("audit")
        .extensions(List.of(
            ExtensionCode.script(script, ExtensionCodeOptions.builder().name("audit").build()),
            ExtensionCode.config(ConfigExtensionOptions.builder()
                .parameters(List.of(StringParameter.Builder.create(stack, "Level").stringValue("high").build()))
                .build()),
            ExtensionCode.telemetry(TelemetryExtensionOptions.builder()
                .destination(TelemetryDestination.emf())
                .types(List.of(TelemetryType.PLATFORM))
                .flush(Duration.seconds(5))
                .buffer(Size.mebibytes(2))
                .build())))
        .environment(Map.of("AUDIT_LEVEL", "high"))
        .build();
    audit.attachTo(function);
    SecurityExtension.Builder.create(stack, "Security")
        .layers(List.of(secrets, audit))
        .onFinding(SecurityAction.STOP)
        .checks(List.of(SecurityCheck.CHANGES, SecurityCheck.CREDENTIALS))
        .build()
        .attachTo(function);
    app.synth();
    System.out.println(String.join(" ", audit.getEnvironment().keySet()));
    audit.getManifest().getPrograms().forEach(found ->
        System.out.println(found.getPath() + " " + Objects.requireNonNullElse(found.getInterpreter(), "alone")));
  }
}
