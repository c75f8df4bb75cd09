import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { printedBy, snapshotOf } from '../support/programs';
import { Sandbox, type AppBody, type SaidFault, type SynthRun } from '../support/sandbox';

const FACTS = execFileSync('rustc', ['-vV'], { encoding: 'utf8' });
const [, HOST] = /^host: (.+)$/m.exec(FACTS)!;
const [, RELEASE] = /^release: (.+)$/m.exec(FACTS)!;
const CARGO_HOME = process.env.CARGO_HOME ?? path.join(process.env.HOME!, '.cargo');

const PRINT = 'fn main() { print!("lambda-extension-name"); }\n';

/** The lock of crates without dependencies, or that depend on folders. */
function lockOf(...names: readonly string[]): string {
  return `version = 3\n${names.map((name) => `\n[[package]]\nname = "${name}"\nversion = "0.1.0"\n`).join('')}`;
}

function manifestOf(name: string, rest = ''): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n\n${rest}`;
}

const CRATE = { 'Cargo.toml': manifestOf('agent'), 'Cargo.lock': lockOf('agent'), 'src/main.rs': PRINT };

/** A crate as `cargo vendor` leaves it: what it prints names its own source file, and what its build script saw. */
const VENDORED = {
  'Cargo.toml': manifestOf('words', '[lib]\n'),
  'build.rs': `fn main() {
    let seen: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    std::fs::write(std::env::temp_dir().join("seen"), seen.join("\\n")).unwrap();
    std::fs::write(std::env::var("OUT_DIR").unwrap() + "/made.rs", "pub fn made() -> &'static str { file!() }").unwrap();
}
`,
  'src/lib.rs': `include!(concat!(env!("OUT_DIR"), "/made.rs"));
pub fn words() -> String { format!("lambda-extension-name {} {}", file!(), made()) }
pub fn caller<T: Default>(list: &[T], at: usize) -> &T { &list[at] }
`,
};

const VENDORED_CRATE = {
  'Cargo.toml': manifestOf('agent', '[dependencies]\nwords = "0.1.0"\n'),
  'src/main.rs': `#[cfg(wanted)]
fn main() {
    if std::env::args().count() > 100 { words::caller::<u8>(&[], 1); }
    print!("{} {}", words::words(), file!());
}
`,
  '.cargo/config.toml': `[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
[build]
rustflags = ["--cfg", "wanted"]
`,
  ...vendored('words', VENDORED),
  'Cargo.lock': `version = 3

[[package]]
name = "agent"
version = "0.1.0"
dependencies = ["words"]

[[package]]
name = "words"
version = "0.1.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "${'0'.repeat(64)}"
`,
};

function vendored(name: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const digests = Object.entries(files).map(([file, content]) => [file, createHash('sha256').update(content).digest('hex')]);
  return {
    ...Object.fromEntries(Object.entries(files).map(([file, content]) => [`vendor/${name}/${file}`, content])),
    [`vendor/${name}/.cargo-checksum.json`]: JSON.stringify({ files: Object.fromEntries(digests), package: '0'.repeat(64) }),
  };
}

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.remove());

type Files = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

function write(files: Files): void {
  Object.entries(files).forEach(([file, content]) => sandbox.write(`agent/${file}`, content));
}

const agent: AppBody = ({ stack, ExtensionLayer, ExtensionCode, lambda }) => {
  const { BINARY: binary, MACHINE: machine = 'X86_64', FOLDER: folder = 'agent' } = process.env;
  return new ExtensionLayer(stack, 'Agent', {
    extensions: [ExtensionCode.rustCrate(folder, { name: 'agent', binary })],
    compatibleArchitectures: [machine === 'ARM_64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64],
  }).manifest;
};

const ENVIRONMENT: Environment = {
  CDK_LAMBDA_LAYERS_BUNDLING: 'local', RUSTUP_TOOLCHAIN: undefined, RUSTFLAGS: undefined,
  MACHINE: HOST.startsWith('aarch64') ? 'ARM_64' : 'X86_64',
  AWS_SECRET_ACCESS_KEY: 'not-for-compilers', CARGO_REGISTRIES_ACME_TOKEN: 'not-for-build-scripts', SSH_AUTH_SOCK: '/not-for-build-scripts',
  HTTPS_PROXY: 'http://127.0.0.1:9',
};

function synth(env: Environment = {}, outdir = 'out'): Promise<SynthRun> {
  return sandbox.synth(agent, { env: { ...ENVIRONMENT, ...env }, outdir });
}

async function digestOf(run: Promise<SynthRun>): Promise<string> {
  const { message, result } = await run;
  expect(message).toBeUndefined();
  return (result as { digest: string }).digest;
}

/** The only fault of a crate that cannot be built; the folder is as it was. */
async function faultOf(files: Files, env: Environment = {}): Promise<SaidFault> {
  write(files);
  const before = snapshotOf(sandbox.path('app'));
  const faults = await sandbox.fail(agent, { env: { ...ENVIRONMENT, ...env } });
  expect(snapshotOf(sandbox.path('app'))).toEqual(before);
  expect(faults).toHaveLength(1);
  return faults[0];
}

test('a crate becomes a static program that starts, and its folder stays as it was', async () => {
  write(CRATE);
  const before = snapshotOf(sandbox.path('app'));
  const { message, result, stderr } = await synth();
  expect(message).toBeUndefined();
  const { programs } = result as { programs: object[] };
  expect(programs).toMatchObject([{ path: 'extensions/agent', isExecutable: true, format: 'elf', mentionsRegistration: true }]);
  expect(programs[0]).not.toHaveProperty('interpreter');
  expect(stderr).toMatch(new RegExp(`compiling agent for \\S+ with Rust ${RELEASE}, \\S+-unknown-linux-(musl|gnu) `));
  expect(await printedBy(sandbox, 'agent')).toBe('lambda-extension-name');
  expect(snapshotOf(sandbox.path('app'))).toEqual(before);
});

test('vendored crates and a project\'s own flags count; paths are of no machine, and build scripts see no credentials', async () => {
  write(VENDORED_CRATE);
  const seen = sandbox.path('tmp/seen');
  await digestOf(synth());
  const paths = ['/words-0\\.1\\.0/src/lib\\.rs', '/build/\\.made/\\S+/out/made\\.rs', 'src/main\\.rs'];
  expect(await printedBy(sandbox, 'agent')).toMatch(new RegExp(`^lambda-extension-name ${paths.join(' ')}$`));
  const variables = fs.readFileSync(seen, 'utf8');
  expect(variables).toContain('OUT_DIR=');
  expect(variables).not.toMatch(/not-for|PROXY|SSH_AUTH/i);
});

test('the same source has the same bytes in another folder, later and with other settings of the user', async () => {
  write(VENDORED_CRATE);
  const first = await digestOf(synth());
  fs.cpSync(sandbox.path('app/agent'), sandbox.path('app/deep/down/other'), { recursive: true });
  execFileSync('git', ['init', '-q', sandbox.path('app')]);
  sandbox.write('deep/Cargo.toml', 'not = read');
  sandbox.write('deep/.cargo/config.toml', '[build]\nrustflags = ["-C", "opt-level=0"]\n');
  fs.mkdirSync(sandbox.path('cargo-home'));
  const env = {
    FOLDER: 'deep/down/other', CDK_LAMBDA_LAYERS_CACHE: sandbox.path('a-cache-whose-path-is-longer'), CARGO_HOME: sandbox.path('cargo-home'),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? path.join(process.env.HOME!, '.rustup'),
    TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8', RUSTFLAGS: '-C opt-level=0', CARGO_PROFILE_RELEASE_OPT_LEVEL: '0', CARGO_BUILD_TARGET: 'wasm32-wasip1',
    CARGO_TARGET_DIR: sandbox.path('app/target'), RUSTC_WRAPPER: '/nowhere', CARGO_INCREMENTAL: '1',
  };
  const umask = process.umask(0o077);
  expect(await digestOf(synth(env, 'out/again')).finally(() => process.umask(umask))).toBe(first);
  expect(fs.existsSync(sandbox.path('app/target'))).toBe(false);
});

test('what a compiler leaves in the folder is not looked at; code that git ignores is', async () => {
  write({ ...CRATE, '.gitignore': 'target\nsrc/generated.rs\n', 'src/main.rs': `mod generated;\n${PRINT}`, 'src/generated.rs': '' });
  const first = await digestOf(synth());
  write({ 'target/CACHEDIR.TAG': '', 'target/release/agent': 'old', 'fuzz/target/CACHEDIR.TAG': '', 'fuzz/target/x': '' });
  expect(await synth({}, 'out/warm')).toMatchObject({ stderr: '' });
  write({ 'src/generated.rs': '#[used]\npub static USED: &str = "used";\n' });
  expect(await digestOf(synth({}, 'out/changed'))).not.toBe(first);
});

test('a program of a workspace, which uses a crate beside its own', async () => {
  write({
    'Cargo.toml': '[workspace]\nmembers = ["agent", "other", "words"]\nresolver = "2"\n',
    'Cargo.lock': 'version = 3\n\n[[package]]\nname = "agent"\nversion = "0.1.0"\ndependencies = ["words"]\n'
      + '\n[[package]]\nname = "other"\nversion = "0.1.0"\n\n[[package]]\nname = "words"\nversion = "0.1.0"\n',
    'agent/Cargo.toml': manifestOf('agent', '[dependencies]\nwords = { path = "../words" }\n'),
    'agent/src/main.rs': 'fn main() { print!("{}", words::words()); }\n',
    'other/Cargo.toml': manifestOf('other'), 'other/src/main.rs': PRINT,
    'words/Cargo.toml': manifestOf('words'), 'words/src/lib.rs': 'pub fn words() -> &\'static str { "lambda-extension-name" }\n',
  });
  await digestOf(synth({ BINARY: 'agent' }));
  expect(await printedBy(sandbox, 'agent')).toBe('lambda-extension-name');
  const several = await faultOf({});
  expect(several).toMatchObject({ what: 'the Rust crate has several programs', got: 'programs: agent, other', do: 'name one of them by `binary`' });
  const none = await faultOf({}, { BINARY: 'third' });
  expect(none).toMatchObject({ what: 'the Rust crate has no such program', got: 'asked for: third; programs: agent, other' });
  const member = await faultOf({}, { FOLDER: 'agent/agent' });
  expect(member).toMatchObject({
    what: 'the folder has no Cargo.lock',
    got: `${sandbox.path('app/agent/agent')}, below a workspace with a lock: ${sandbox.path('app/agent')}`,
    do: 'name the folder of the workspace, and the program by `binary`',
  });
});

const OUTSIDE = 'a dependency of the Rust crate lies outside of its folder';
const NOT_COMPILED = 'the Rust crate does not compile';

test.each<[string, Files, Partial<SaidFault>]>([
  ['no lock', { 'Cargo.toml': manifestOf('agent') }, { what: 'the folder has no Cargo.lock', do: containing('cargo generate-lockfile') }],
  ['a lock of other dependencies', { ...CRATE, 'Cargo.lock': lockOf('other') }, { what: 'Cargo.lock is not that of Cargo.toml' }],
  ['a library', { 'Cargo.toml': CRATE['Cargo.toml'], 'Cargo.lock': CRATE['Cargo.lock'], 'src/lib.rs': '' }, {
    what: 'the Rust crate has no such program', got: 'programs: none, only a library', do: 'give the crate a src/main.rs',
  }],
  ['an error in it', { ...CRATE, 'src/main.rs': 'fn main() { undefined(); }\n' }, { what: NOT_COMPILED, got: containing('--> src/main.rs:1:13') }],
  ['a broken Cargo.toml', { ...CRATE, 'Cargo.toml': '[package\n' }, { what: NOT_COMPILED, got: containing('Cargo.toml:1:9') }],
  ['a crate elsewhere', {
    ...CRATE, 'Cargo.toml': manifestOf('agent', '[dependencies]\nwords = { path = "../words" }\n'),
    '../words/Cargo.toml': manifestOf('words'), '../words/src/lib.rs': '',
  }, { what: OUTSIDE, got: 'words: ../words' }],
  ['a crate elsewhere, for tests alone', {
    ...CRATE, 'Cargo.toml': manifestOf('agent', '[dev-dependencies]\nwords = { path = "/srv/words" }\n'),
  }, { what: OUTSIDE, got: containing('words: ') }],
  ['a patch elsewhere', {
    ...CRATE, 'Cargo.toml': manifestOf('agent', '[dependencies]\nwords = "0.1.0"\n[patch.crates-io]\nwords = { path = "../words" }\n'),
    'Cargo.lock': `${lockOf('agent')}dependencies = ["words"]\n\n[[package]]\nname = "words"\nversion = "0.1.0"\n`,
  }, { what: 'the Rust crate needs a folder that is not there', got: containing('app/words/Cargo.toml') }],
  ['a member of a workspace elsewhere', { ...CRATE, 'Cargo.toml': manifestOf('agent', 'workspace = ".."\n') }, {
    what: 'the Rust crate needs a folder that is not there',
  }],
  ['vendored crates that were changed', { ...VENDORED_CRATE, 'vendor/words/src/lib.rs': '' }, {
    what: 'a crate is not the one that Cargo.lock pins',
  }],
  ['crates that cannot be fetched', { ...VENDORED_CRATE, '.cargo/config.toml': '[net]\nretry = 0\n' }, { what: 'crates cannot be fetched' }],
  ['a C library that is not there', { ...CRATE, 'build.rs': 'fn main() { println!("cargo:rustc-link-lib=nowhere"); }\n' }, {
    what: 'the Rust crate cannot be linked to a static program', got: containing('nowhere'),
  }],
])('fails for %s', async (_what, files, said) => {
  const env = { CARGO_HOME: sandbox.path('home/cargo'), RUSTUP_HOME: rustupHome() };
  expect(await faultOf(files, env)).toMatchObject({ place: 'App/Agent', ...said });
});

test('fails for a machine that no target is there for, and for a toolchain that cannot be had', async () => {
  const other = HOST.startsWith('aarch64') ? 'x86_64' : 'aarch64';
  const machine = await faultOf(CRATE, { MACHINE: other === 'x86_64' ? 'X86_64' : 'ARM_64' });
  expect(machine).toMatchObject({
    what: 'there is nothing to compile the Rust extension with for the layer\'s architecture',
    got: `Rust ${RELEASE}, which runs on ${HOST}, has no target ${other}-unknown-linux-musl (rustup target add ${other}-unknown-linux-musl)`,
  });
  const toolchain = await faultOf({ 'rust-toolchain.toml': '[toolchain]\nchannel = "1.0.99"\n' }, { RUSTUP_AUTO_INSTALL: '0' });
  expect(toolchain).toMatchObject({
    what: 'there is nothing to compile the Rust extension with for the layer\'s architecture', got: containing('1.0.99'),
  });
});

test('fails where there is neither Cargo nor Docker, and says what would do', async () => {
  const withoutCargo = process.env.PATH!.split(path.delimiter).filter((folder) => !fs.existsSync(path.join(folder, 'cargo')));
  const env = { PATH: withoutCargo.join(path.delimiter), CDK_DOCKER: sandbox.path('bin/no-docker'), CDK_LAMBDA_LAYERS_BUNDLING: 'auto' };
  const either = await faultOf({ ...CRATE, 'rust-toolchain': '1.90.0\n' }, env);
  expect(either.got).toMatch(/^cargo is not on the path\n.*no-docker, which CDK_DOCKER names, is not on the path$/);
  expect(either.allowed).toContain('or a running Docker with the image public.ecr.aws/docker/library/rust:1.90.0');
});

function rustupHome(): string {
  return process.env.RUSTUP_HOME ?? path.join(path.dirname(CARGO_HOME), '.rustup');
}

function containing(text: string): string {
  return expect.stringContaining(text) as string;
}
