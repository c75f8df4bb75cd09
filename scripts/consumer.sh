# Sourced by the scripts that let an app in another language use the library. They set `language`, and `app` to the command that runs the app in
# test/LANGUAGE-consumer; `twin` is the same in TypeScript, from there. A case's assembly is $work/CASE.LANGUAGE, what the app printed
# $work/CASE.LANGUAGE.out.

twin=app.ts

floor_of() { node -p "require('./package.json').devDependencies['$1']"; }

# synth LANGUAGE CASE ARGUMENT…: each language has a cache of its own, so that both build.
synth() {
  local out=$work/$2.$1 run=("${app[@]}")
  [ "$1" = typescript ] && run=(node "$root/node_modules/tsx/dist/cli.mjs" "$twin")
  (cd "test/$language-consumer" && CDK_LAMBDA_LAYERS_CACHE=$work/cache.$1 "${run[@]}" "$out" "${@:3}") > "$out.out"
}

same_file() { cmp "$work/$1.$language/Consumer.template.json" "$work/$1.typescript/Consumer.template.json"; }
# jsii puts the name of CDK's error before its message.
same_output() { diff "$work/$1.typescript.out" <(sed '1s/^ValidationFailedWithErrors: //' "$work/$1.$language.out"); }
says() { grep -qF -- "$2" "$work/$1.$language.out" || { cat "$work/$1.$language.out"; return 1; }; }
fails() { ! "$@"; }

# same_failure CASE ARGUMENT…
same_failure() {
  check "$1 fails the synth in ${language^}" fails synth "$language" "$@"
  check "$1 fails the synth in TypeScript" fails synth typescript "$@"
  check "$1 shows the whole message in ${language^}" same_output "$1"
  check "$1: the message says what to do" says "$1" '  do: '
}

# auth: the app of an AuthUtilsLayer, which `app` and `twin` must run.
auth() {
  check "a ${language^} app synthesises an auth layer" synth "$language" auth HS256 HS512
  check 'the same app in TypeScript synthesises an auth layer' synth typescript auth HS256 HS512
  check 'both templates with an auth layer are the same byte for byte' same_file auth
  check 'both see the same settings and packages' same_output auth
  check 'the functions have their settings' says auth AUTH_UTILS_CONFIG
  check 'the template holds the settings and the permission' auth_is_wired

  same_failure mixed-algorithms HS256 RS256
  check 'mixed-algorithms: the message starts with the construct path' grep -q '^Consumer/Auth: ' "$work/mixed-algorithms.$language.out"
  check 'mixed-algorithms: the message says what was asked for' says mixed-algorithms 'got: HS256, RS256'
}
auth_is_wired() {
  local template=$work/auth.$language/Consumer.template.json
  [ "$(grep -c '"AUTH_UTILS_CONFIG"' "$template")" -eq 2 ] && [ "$(grep -c '"secretsmanager:GetSecretValue"' "$template")" -eq 2 ]
}

# extensions: the app of extension layers, which `app` and `twin` must run.
extensions() {
  local scripts=$root/test/python-consumer/extensions
  check "a ${language^} app synthesises extension layers" synth "$language" extensions "$scripts/audit.sh"
  check 'the same app in TypeScript synthesises extension layers' synth typescript extensions "$scripts/audit.sh"
  check 'both templates with extension layers are the same byte for byte' same_file extensions
  check 'both see the same settings and programs' same_output extensions
  check 'the extension of the app is a script in its layer' says extensions 'extensions/audit /bin/sh'
  check 'the template holds the settings and the permission' extensions_are_wired

  same_failure no-shebang "$scripts/no-shebang.sh"
  check 'no-shebang: the message starts with the construct path' grep -q '^Consumer/Audit: ' "$work/no-shebang.$language.out"
  check 'no-shebang: the message names the rule' says no-shebang '[ExtensionShebang]'
}
extensions_are_wired() {
  local template=$work/extensions.$language/Consumer.template.json
  [ "$(grep -cE '"(SECRETS|CONFIG|TELEMETRY|SECURITY)_EXTENSION_CONFIG"' "$template")" -eq 4 ] && grep -q '"secretsmanager:GetSecretValue"' "$template"
}
