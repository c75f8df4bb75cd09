import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { GoProxy, type GoModule } from '../support/go-proxy';
import { printedBy, snapshotOf } from '../support/programs';
import { Sandbox, type AppBody, type SaidFault, type SynthRun } from '../support/sandbox';

const [, VERSION] = /go(\S+)/.exec(execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }))!;
const PASSWORD = 'tr0ub4dor-and-3';

const HEADER = 'Lambda-Extension-Name';
const NATIVE = 'package native\n\n// int one() { return 1; }\nimport "C"\n\nfunc One() int { return int(C.one()) }\n';

const MODULES: readonly GoModule[] = [
  { name: 'example.com/words', version: 'v1.0.0', files: { 'words.go': words(HEADER) } },
  { name: 'example.com/native', version: 'v1.0.0', files: { 'native.go': NATIVE } },
];

const MAIN = `package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("${HEADER}") }\n`;
const USING_WORDS = 'package main\n\nimport (\n\t"example.com/words"\n\t"os"\n)\n\nfunc main() { os.Stdout.WriteString(words.Header()) }\n';
const GO_MOD = 'module example.com/agent\n\ngo 1.21\n';
const REQUIRING_WORDS = `${GO_MOD}\nrequire example.com/words v1.0.0\n`;

function words(header: string): string {
  return `package words\n\nfunc Header() string { return "${header}" }\n`;
}

let proxy: GoProxy;
let sandbox: Sandbox;

beforeAll(async () => {
  proxy = await GoProxy.start(MODULES, `acme:${PASSWORD}`);
});

beforeEach(async () => {
  sandbox = await Sandbox.create();
  proxy.requests.length = 0;
});

afterEach(() => {
  // Go protects what it keeps of modules.
  execFileSync('chmod', ['-R', 'u+w', sandbox.root]);
  sandbox.remove();
});

afterAll(() => proxy.stop());

function write(files: Readonly<Record<string, string>>): void {
  Object.entries(files).forEach(([file, content]) => sandbox.write(`agent/${file}`, content));
}

const agent: AppBody = ({ stack, ExtensionLayer, ExtensionCode, lambda }) => {
  const { GO_PACKAGE: goPackage, MACHINE: machine = 'X86_64', FOLDER: folder = 'agent' } = process.env;
  return new ExtensionLayer(stack, 'Agent', {
    extensions: [ExtensionCode.goModule(folder, { name: 'agent', goPackage })],
    compatibleArchitectures: [machine === 'ARM_64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64],
  }).manifest;
};

function environment(): Environment {
  return {
    GOPROXY: proxy.url, GONOSUMDB: '*', SSL_CERT_FILE: proxy.certificate, GOPATH: sandbox.path('go'),
    GOENV: sandbox.path('home/go-env'), GOFLAGS: undefined,
    CDK_LAMBDA_LAYERS_BUNDLING: 'local', AWS_SECRET_ACCESS_KEY: 'not-for-compilers',
  };
}

function synth(env: Environment = {}, outdir = 'out'): Promise<SynthRun> {
  return sandbox.synth(agent, { env: { ...environment(), ...env }, outdir });
}

async function digestOf(run: Promise<SynthRun>): Promise<string> {
  const { message, result } = await run;
  expect(message).toBeUndefined();
  return (result as { digest: string }).digest;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The only fault of a module that cannot be built; the folder is as it was. */
async function faultOf(files: Readonly<Record<string, string>>, env: Environment = {}): Promise<SaidFault> {
  write(files);
  const before = snapshotOf(sandbox.path('app'));
  const faults = await sandbox.fail(agent, { env: { ...environment(), ...env } });
  expect(snapshotOf(sandbox.path('app'))).toEqual(before);
  expect(faults).toHaveLength(1);
  expect(JSON.stringify(faults)).not.toContain(PASSWORD);
  return faults[0];
}

test('modules come from the proxy, as go.sum pins them; the program is static and starts; the folder stays as it was', async () => {
  write({ 'go.mod': REQUIRING_WORDS, 'go.sum': proxy.sums, 'main.go': USING_WORDS });
  const before = snapshotOf(sandbox.path('app'));
  const { message, result, stderr } = await synth();
  expect(message).toBeUndefined();
  expect(result).toMatchObject({
    programs: [{ path: 'extensions/agent', isExecutable: true, format: 'elf', machine: 'x86_64', mentionsRegistration: true }],
  });
  expect((result as { programs: object[] }).programs[0]).not.toHaveProperty('interpreter');
  expect(stderr).toContain(`compiling agent for x86_64 with Go ${VERSION}`);
  expect(await printedBy(sandbox, 'agent')).toBe('Lambda-Extension-Name');
  expect(snapshotOf(sandbox.path('app'))).toEqual(before);
  expect(stderr + JSON.stringify(result)).not.toContain(PASSWORD);
});

test('the same source has the same bytes in another folder, later and with other settings of the user; another machine has others', async () => {
  write({ 'go.mod': REQUIRING_WORDS, 'go.sum': proxy.sums, 'main.go': USING_WORDS });
  const first = await digestOf(synth());

  fs.cpSync(sandbox.path('app/agent'), sandbox.path('app/deep/down/other'), { recursive: true });
  sandbox.write('go.work', 'go 1.21\n\nuse ./nowhere\n');
  execFileSync('git', ['init', '-q', sandbox.path('app')]);
  sandbox.write('main.txt', 'uncommitted');
  fs.writeFileSync(sandbox.path('home/go-env'), `GOPROXY=${proxy.url}\nGOFLAGS=-tags=other\nGOAMD64=v3\nCGO_ENABLED=1\n`);
  const env = {
    GOPROXY: undefined, GOPATH: sandbox.path('other-go'), CDK_LAMBDA_LAYERS_CACHE: sandbox.path('other-cache'),
    FOLDER: 'deep/down/other', TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8',
    GOFLAGS: '-tags=other', GOAMD64: 'v4', CGO_ENABLED: '1', GOOS: 'windows', GOEXPERIMENT: 'none',
  };
  const umask = process.umask(0o077);
  expect(await digestOf(synth(env, 'out/again')).finally(() => process.umask(umask))).toBe(first);
  expect(await digestOf(synth({ MACHINE: 'ARM_64' }, 'out/arm'))).not.toBe(first);
});

test('a vendor folder is all that is compiled, without a go.sum for it to be fetched by', async () => {
  write({
    'go.mod': REQUIRING_WORDS, 'go.sum': proxy.sums, 'main.go': USING_WORDS,
    'vendor/modules.txt': '# example.com/words v1.0.0\n## explicit; go 1.21\nexample.com/words\n',
    'vendor/example.com/words/words.go': words(`${HEADER}, vendored`),
  });
  await digestOf(synth({ GOPROXY: 'off' }));
  expect(await printedBy(sandbox, 'agent')).toBe('Lambda-Extension-Name, vendored');
  expect(proxy.requests).toEqual([]);
});

test('a package below the module, a module below that replaces another, and embedded files', async () => {
  write({
    'go.mod': `${REQUIRING_WORDS}\nreplace example.com/words => ./words\n`,
    'cmd/agent/main.go': USING_WORDS,
    'words/go.mod': 'module example.com/words\n',
    'words/words.go': 'package words\n\nimport _ "embed"\n\n//go:embed header.txt\nvar header string\n\nfunc Header() string { return header }\n',
    'words/header.txt': 'lambda-extension-name: embedded',
  });
  await digestOf(synth({ GO_PACKAGE: 'cmd/agent' }));
  expect(await printedBy(sandbox, 'agent')).toBe('lambda-extension-name: embedded');
});

test('code that git ignores is compiled, and a change of it is noticed; what no compiler reads is not', async () => {
  write({
    'go.mod': GO_MOD, '.gitignore': 'generated.go\n', 'main.go': 'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString(header) }\n',
    'generated.go': 'package main\n\nconst header = "lambda-extension-name"\n',
  });
  const first = await digestOf(synth());
  write({ 'generated.go': 'package main\n\nconst header = "lambda-extension-name: 2"\n', 'target/target.go': 'package target\n' });
  expect(await digestOf(synth({}, 'out/changed'))).not.toBe(first);
  write({ 'node_modules/x/x.js': '', '.git/HEAD': '', '.cache/CACHEDIR.TAG': '', 'build/CACHEDIR.TAG': '', 'build/x': '' });
  const warm = await synth({}, 'out/warm');
  expect(warm).toMatchObject({ stderr: '' });
});

test('the toolchain that go.mod names is the one that compiles, or an error', async () => {
  const named = { 'go.mod': `${GO_MOD}\ntoolchain go${VERSION}\n`, 'main.go': MAIN };
  write(named);
  expect((await synth()).stderr).toContain(`with Go ${VERSION}`);
  const fault = await faultOf({ ...named, 'go.mod': `${GO_MOD}\ntoolchain go1.21.99\n` });
  expect(fault).toMatchObject({
    what: 'there is no Go to compile the extension with',
    got: containing('go.mod names the toolchain go1.21.99, which cannot be had: '),
    allowed: 'Go on this machine',
  });
  expect(proxy.requests.join()).toContain('golang.org/toolchain/@v/v0.0.1-go1.21.99');
});

const OUTSIDE = 'go.mod replaces a module by a folder outside of its own';
const INCOMPLETE = 'go.mod or go.sum lacks what the Go module imports';
const NOT_THERE = 'the Go package is not there';
const NOT_COMPILED = 'the Go module does not compile';

/** What is wrong, the module, what is told of it, and the package that is asked for. */
test.each<[string, Readonly<Record<string, string>>, Partial<SaidFault>, string?]>([
  ['a library', { 'main.go': 'package agent\n' }, { what: 'the Go package is no program', got: 'example.com/agent is package agent' }],
  ['several packages', { 'a/main.go': MAIN, 'b/main.go': MAIN }, {
    what: 'several Go packages are named', got: 'example.com/agent/a is package main\nexample.com/agent/b is package main',
  }, './...'],
  ['a package that is not there', { 'main.go': MAIN }, { what: NOT_THERE }, './cmd/agent'],
  ['a package outside', { 'main.go': MAIN }, { what: NOT_THERE }, '../other'],
  ['a folder of the machine', { 'main.go': MAIN }, { what: NOT_THERE }, '/etc'],
  ['an option for a package', { 'main.go': MAIN }, { what: NOT_THERE }, '-toolexec=env'],
  ['nothing for Linux', { 'main_windows.go': MAIN }, { what: NOT_COMPILED, got: containing('build constraints') }],
  ['an error in it', { 'main.go': 'package main\n\nfunc main() { undefined() }\n' }, {
    what: NOT_COMPILED, got: containing('main.go:3:15: undefined:'),
  }],
  ['a broken go.mod', { 'go.mod': 'modul x\n', 'main.go': MAIN }, { what: NOT_COMPILED, got: containing('go.mod:1: unknown directive: modul') }],
  ['no go.sum', { 'go.mod': REQUIRING_WORDS, 'main.go': USING_WORDS }, { what: INCOMPLETE, do: 'run `go mod tidy`, and commit both files' }],
  ['an import that go.mod lacks', { 'main.go': USING_WORDS }, { what: INCOMPLETE }],
  ['a stale vendor folder', { 'go.mod': REQUIRING_WORDS, 'main.go': MAIN, 'vendor/modules.txt': '' }, {
    what: 'the vendor folder is not what go.mod says',
  }],
  ['a newer Go', { 'go.mod': 'module example.com/agent\n\ngo 1.999\n', 'main.go': MAIN }, {
    what: 'the Go module asks for a newer Go', got: containing('1.999'),
  }],
  ['a module elsewhere', { 'go.mod': replacing('../words'), 'main.go': USING_WORDS, '../words/go.mod': 'module example.com/words\n' }, {
    what: OUTSIDE, got: 'example.com/words => ../words',
  }],
  ['a module elsewhere by a detour', { 'go.mod': replacing('./words/../../words'), 'main.go': MAIN }, { what: OUTSIDE }],
  ['a module of the machine', { 'go.mod': replacing('/srv/words'), 'main.go': MAIN }, { what: OUTSIDE, got: 'example.com/words => /srv/words' }],
])('fails for %s', async (...[, files, said, goPackage]) => {
  expect(await faultOf({ 'go.mod': GO_MOD, ...files }, { GO_PACKAGE: goPackage })).toMatchObject({ place: 'App/Agent', ...said });
});

test('fails for other bytes than go.sum pins', async () => {
  const fault = await faultOf({
    'go.mod': REQUIRING_WORDS, 'main.go': USING_WORDS,
    'go.sum': proxy.sums.replace(/(words v1\.0\.0 h1:).*/, `$1${Buffer.alloc(32).toString('base64')}`),
  });
  expect(fault).toMatchObject({ what: 'a Go module is not the one that go.sum pins', got: containing('SECURITY ERROR') });
});

function replacing(folder: string): string {
  return `${REQUIRING_WORDS}\nreplace example.com/words => ${folder}\n`;
}

function containing(text: string): string {
  return expect.stringContaining(text) as string;
}

test('fails for packages that need C, and names them', async () => {
  const fault = await faultOf({
    'go.mod': `${GO_MOD}\nrequire example.com/native v1.0.0\n`, 'go.sum': proxy.sums,
    'main.go': 'package main\n\nimport "example.com/native"\n\nfunc main() { println(native.One()) }\n',
  });
  expect(fault).toMatchObject({ what: 'the Go module needs C', got: expect.stringMatching(/^example\.com\/native\n/) });
});

test('fails for a proxy that lacks the module or asks for a password, whose value no message has', async () => {
  const files = { 'go.mod': REQUIRING_WORDS, 'go.sum': proxy.sums, 'main.go': USING_WORDS };
  const missing = await faultOf(files, { GOPROXY: `${proxy.url}/nothing-here` });
  expect(missing).toMatchObject({ what: 'Go modules cannot be fetched', got: containing('404') });
  const refused = await faultOf(files, { GOPROXY: proxy.url.replace(PASSWORD, `${PASSWORD}-wrong`) });
  expect(refused).toMatchObject({ what: 'Go modules cannot be fetched' });
  const insecure = await faultOf(files, { GOPROXY: proxy.url.replace('https', 'http') });
  expect(insecure).toMatchObject({ what: 'Go modules cannot be fetched', got: containing('refusing to pass credentials') });
  const down = await faultOf(files, { GOPROXY: 'http://127.0.0.1:9' });
  expect(down).toMatchObject({ what: 'Go modules cannot be fetched', got: containing('127.0.0.1:9') });
});

test('fails where there is neither Go nor Docker, and says what would do', async () => {
  const withoutGo = process.env.PATH!.split(path.delimiter).filter((folder) => !fs.existsSync(path.join(folder, 'go'))).join(path.delimiter);
  const env = { PATH: withoutGo, CDK_DOCKER: sandbox.path('bin/no-docker') };
  const alone = await faultOf({ 'go.mod': GO_MOD, 'main.go': MAIN }, env);
  expect(alone).toMatchObject({ what: 'there is no Go to compile the extension with', got: 'go is not on the path', allowed: 'Go on this machine' });
  const either = await faultOf({}, { ...env, CDK_LAMBDA_LAYERS_BUNDLING: 'auto' });
  expect(either.got).toMatch(/^go is not on the path\n.*no-docker, which CDK_DOCKER names, is not on the path$/);
  expect(either.allowed).toMatch(/^Go on this machine; or a running Docker with the image public\.ecr\.aws\/docker\/library\/golang:\d/);
  const docker = await faultOf({ 'go.mod': `${GO_MOD}\ntoolchain go1.25.3\n` }, { ...env, CDK_LAMBDA_LAYERS_BUNDLING: 'docker' });
  expect(docker.allowed).toBe('a running Docker with the image public.ecr.aws/docker/library/golang:1.25.3');
});
