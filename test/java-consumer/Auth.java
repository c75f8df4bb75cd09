import io.github.cdklambdalayers.AuthKey;
import io.github.cdklambdalayers.AuthUtilsLayer;
import io.github.cdklambdalayers.FetchedKeyOptions;
import io.github.cdklambdalayers.JwtAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.secretsmanager.Secret;

/** The app of python-consumer's auth.ts, through the jar: Auth OUTDIR ALGORITHM…. A failing synth prints the message alone. */
public final class Auth {
  public static void main(String[] arguments) {
    try {
      synthesise(arguments[0], Arrays.stream(arguments).skip(1).map(JwtAlgorithm::valueOf).collect(Collectors.toList()));
    } catch (RuntimeException error) {
      System.out.println(App.messageOf(error));
      System.exit(1);
    }
  }

  private static void synthesise(String outdir, List<JwtAlgorithm> algorithms) {
    var app = new software.amazon.awscdk.App(AppProps.builder().outdir(outdir).build());
    var stack = new Stack(app, "Consumer");
    var secret = Secret.Builder.create(stack, "Jwt").build();
    var auth = AuthUtilsLayer.Builder.create(stack, "Auth")
        .key(AuthKey.secret(secret, FetchedKeyOptions.builder()
            .field("secret")
            .cacheTtl(Duration.minutes(10))
            .overlap(Duration.hours(1))
            .build()))
        .algorithms(algorithms)
        .issuer("https://issuer.example")
        .audience(List.of("orders"))
        .leeway(Duration.seconds(30))
        .description("who calls")
        .build();
    auth.attachTo(
        Function.Builder.create(stack, "Orders")
            .runtime(Runtime.PYTHON_3_13)
            .handler("index.handler")
            .code(Code.fromInline("from auth_utils import verify_token"))
            .environment(Map.of("STAGE", "test"))
            .build(),
        Function.Builder.create(stack, "Reports")
            .runtime(Runtime.NODEJS_22_X)
            .handler("index.handler")
            .code(Code.fromInline("const { verifyToken } = require('auth-utils')"))
            .build());
    app.synth();
    System.out.println(String.join(" ", auth.getEnvironment().keySet()));
    auth.getManifest().getPackages().forEach(found -> System.out.println(found.getName() + " " + found.getVersion()));
  }
}
