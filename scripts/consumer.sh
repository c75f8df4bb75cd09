# Sourced by the scripts that let an app in another language use the library. They set `language`, and `app` to the command that runs the app in
# test/LANGUAGE-consumer; app.ts beside it is the same in TypeScript. A case's assembly is $work/CASE.LANGUAGE, what the app printed
# $work/CASE.LANGUAGE.out.

floor_of() { node -p "require('./package.json').devDependencies['$1']"; }

# synth LANGUAGE CASE ARGUMENT…: each language has a cache of its own, so that both build.
synth() {
  local out=$work/$2.$1 run=("${app[@]}")
  [ "$1" = typescript ] && run=(node "$root/node_modules/tsx/dist/cli.mjs" app.ts)
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
