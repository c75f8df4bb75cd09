import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { isRoot, readFaults, Sandbox, STRANGER, type AppBody } from '../support/sandbox';

const place = 'App/Libs';
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.remove());

const pythonFolder: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes: [Runtime.PYTHON_3_13] });
};

const filesFolder: AppBody = ({ stack, SharedDependencyLayer, LayerContent }) => {
  const layer = new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('files')] });
  return layer.manifest.files.map((file) => file.path);
};

test('fails for folders that are not there, with the absolute path of each', async () => {
  const faults = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.files('files'), LayerContent.python('libs'), LayerContent.files('tool.zip')],
      compatibleRuntimes: [Runtime.PYTHON_3_13],
    });
  });

  const files = {
    place,
    what: 'the content does not exist',
    allowed: 'a file, a folder or a .zip archive',
    do: expect.stringMatching(/^correct the path/),
  };
  expect(faults).toEqual([
    {
      place,
      what: 'the folder of the Python content does not exist',
      got: sandbox.path('app/libs'),
      allowed: 'a folder with a lock or a requirements.txt',
      do: 'correct the path; a relative one starts from the working directory',
    },
    { ...files, got: sandbox.path('app/files') },
    { ...files, got: sandbox.path('app/tool.zip') },
  ]);
});

test('writes no lock for a layer whose other content is missing', async () => {
  sandbox.write('libs/requirements.txt', 'six\n');

  const faults = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('libs'), LayerContent.files('files')],
      compatibleRuntimes: [Runtime.PYTHON_3_13],
    });
  });

  expect(faults.map((fault) => fault.got)).toEqual([sandbox.path('app/files')]);
});

test('fails for empty folders', async () => {
  fs.mkdirSync(sandbox.path('app/libs'));
  fs.mkdirSync(sandbox.path('app/files'));

  const faults = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('libs'), LayerContent.files('files')],
      compatibleRuntimes: [Runtime.PYTHON_3_13],
    });
  });

  expect(faults).toEqual([
    {
      place,
      what: `no lock and no requirements in ${sandbox.path('app/libs')}`,
      got: 'an empty folder',
      allowed: expect.stringMatching(/^uv\.lock with pyproject\.toml, .*requirements\.txt/),
      do: 'add a requirements.txt, or give the folder that holds one',
    },
    {
      place,
      what: 'the folder has nothing for the layer',
      got: sandbox.path('app/files'),
      allowed: 'at least one file that is not ignored',
      do: 'add files, or look at .gitignore and `exclude`',
    },
  ]);
});

test('fails for a folder without a lock or requirements, and says what is there', async () => {
  sandbox.write('libs/main.py');
  sandbox.write('libs/poetry.lock');

  expect(await sandbox.fail(pythonFolder)).toEqual([
    expect.objectContaining({
      place,
      what: `no lock and no requirements in ${sandbox.path('app/libs')}`,
      got: 'main.py, poetry.lock',
      do: 'put the pyproject.toml that poetry.lock belongs to beside it',
    }),
  ]);
});

test('fails for lines that are no requirements, each with file and line', async () => {
  const file = sandbox.write('libs/requirements.txt', 'six==1.16.0\nsix==\n# a comment\nfoo bar\n');

  expect((await sandbox.fail(pythonFolder)).map((fault) => [fault.place, fault.what, fault.got])).toEqual([
    [place, `${file}:2 is no requirement`, 'six=='],
    [place, `${file}:4 is no requirement`, 'foo bar'],
  ]);
});

describe('what may not be read', () => {
  // Root reads everything: there the app runs as somebody else.
  const asOther = { uid: isRoot ? STRANGER : undefined };

  function close(file: string): void {
    fs.chmodSync(sandbox.path('app', file), 0);
    if (isRoot) {
      execFileSync('chown', ['-R', String(STRANGER), sandbox.root]);
    }
  }

  test.each([
    ['requirements.txt', 'libs/requirements.txt', pythonFolder],
    ['a folder of files', 'files/sub', filesFolder],
    ['a file', 'files/sub/a.txt', filesFolder],
  ])('fails for %s', async (_, closed, body) => {
    sandbox.write('libs/requirements.txt', 'six\n');
    sandbox.write('files/sub/a.txt');
    close(closed);

    const [fault, ...others] = await sandbox.fail(body, asOther);

    expect(others).toEqual([]);
    expect(fault.place).toBe(place);
    expect(`${fault.what} ${fault.got}`).toMatch(new RegExp(`${sandbox.path('app', closed)}.*\\(?EACCES`));
    expect(fault.do).toMatch(/permissions|chmod/);
  });
});

test('fails for links that leave the folder, lead nowhere or go round, and for what is no file', async () => {
  sandbox.write('files/a.txt');
  const links = { absolute: '/etc/hostname', nowhere: 'missing', one: 'two', outside: '../secret', two: 'one', up: '.' };
  Object.entries(links).forEach(([name, target]) => fs.symlinkSync(target, sandbox.path('app/files', name)));
  execFileSync('mkfifo', [sandbox.path('app/files/pipe')]);
  sandbox.write('secret');

  const got = (name: keyof typeof links): string => `${sandbox.path('app/files', name)} -> ${links[name]}`;
  expect((await sandbox.fail(filesFolder)).map((fault) => [fault.place, fault.what, fault.got])).toEqual([
    [place, 'a symbolic link leaves the folder', got('absolute')],
    [place, 'a symbolic link leads nowhere', got('nowhere')],
    [place, 'symbolic links go round in a circle', got('one')],
    [place, 'a symbolic link leaves the folder', got('outside')],
    [place, 'the folder has something that is neither file, folder nor link', sandbox.path('app/files/pipe')],
    [place, 'symbolic links go round in a circle', got('two')],
    [place, 'symbolic links go round in a circle', got('up')],
  ]);
});

test('takes names with spaces, quotes and letters of any script', async () => {
  const names = ['quo\'te".txt', 'with space.txt', 'ünï/日本.txt'];
  names.forEach((name) => sandbox.write(`files/${name}`));

  expect((await sandbox.synth(filesFolder)).result).toEqual(names);
});

test('fails for names that an archive or another file system would not keep, and shows them so that they can be seen', async () => {
  const names = ['new\nline', 'Readme', 'README', '\u00e9', 'e\u0301', 'D/a', 'd/b'];
  names.forEach((name) => sandbox.write(`files/${name}`));

  const faults = await sandbox.fail(filesFolder);

  const folded = 'two paths are equal after case folding or Unicode normalisation';
  expect(faults.map((fault) => [fault.place, fault.what])).toEqual([
    [place, 'a path contains a control character or a newline'],
    ...Array(3).fill([place, folded]),
  ]);
  expect(faults[0].got).toBe(`"new\\nline": ${JSON.stringify(sandbox.path('app/files/new\nline'))}`);
  expect(faults[1].got).toContain('"README"');
  expect(faults[1].got).toContain('"Readme"');
});

test('fails for a name that is not UTF-8', async () => {
  sandbox.write('files/good');
  fs.writeFileSync(Buffer.concat([Buffer.from(sandbox.path('app/files/bad')), Buffer.from([0xff])]), '');

  expect((await sandbox.fail(filesFolder)).map((fault) => [fault.place, fault.what])).toEqual([[place, 'a name is not UTF-8']]);
});

test.each(['../outside', '..', '/etc', 'a/../..'])('fails for the destination %s', async (destination) => {
  sandbox.write('files/a.txt');

  const faults = await sandbox.fail(
    ({ stack, SharedDependencyLayer, LayerContent }) => {
      new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('files', { destination: process.env.DESTINATION })] });
    },
    { env: { DESTINATION: destination } },
  );

  expect(faults).toEqual([expect.objectContaining({ place, what: 'the destination is no folder of the layer', got: destination })]);
});

test('fails for a path that two contents fill differently, and names both files', async () => {
  sandbox.write('one/a.txt', 'one');
  sandbox.write('two/a.txt', 'two');

  const faults = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent }) => {
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('one'), LayerContent.files('two')] });
  });

  expect(faults).toEqual([
    expect.objectContaining({
      place,
      what: 'two contents bring the same path with different content',
      got: `"a.txt": "${sandbox.path('app/one/a.txt')}" and "${sandbox.path('app/two/a.txt')}"`,
    }),
  ]);
});

test('fails for a .zip that is none', async () => {
  sandbox.write('tool.zip', 'no archive');

  const faults = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent }) => {
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files('tool.zip')] });
  });

  expect(faults).toEqual([expect.objectContaining({ place, what: 'a .zip archive cannot be read' })]);
  expect(faults[0].got).toContain(sandbox.path('app/tool.zip'));
});

test('fails for a layer over the quota with its size and largest packages, and keeps the memory small', async () => {
  sandbox.write('libs/requirements.txt', 'idna==3.10 --hash=sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3\n');
  fs.mkdirSync(sandbox.path('app/files'));
  fs.truncateSync(sandbox.write('files/data'), 300_000_000);

  const run = await sandbox.synth(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    const before = process.resourceUsage().maxRSS;
    try {
      new SharedDependencyLayer(stack, 'Libs', {
        content: [LayerContent.python('libs'), LayerContent.files('files')],
        compatibleRuntimes: [Runtime.PYTHON_3_13],
      });
    } catch (error) {
      return { message: (error as Error).message, kilobytes: process.resourceUsage().maxRSS - before };
    }
    return undefined;
  });

  const { message, kilobytes } = run.result as { message: string; kilobytes: number };
  expect(message).toMatch(
    new RegExp(
      [
        '^App/Libs: the layer is too big for Lambda \\[LayerSize\\]',
        '  got: 300,\\d{3},\\d{3} bytes unzipped',
        '    largest packages: idna 3\\.10: \\d{3},\\d{3} bytes',
        "  allowed: 262,144,000 bytes for a function's code and all its layers together",
        '  do: leave packages out.*$',
      ].join('\n'),
    ),
  );
  expect(kilobytes).toBeLessThan(100_000);
});

test('fails when slimming leaves nothing', async () => {
  const run = await sandbox.synth(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.pythonRequirements(['botocore==1.40.0'])], compatibleRuntimes: [Runtime.PYTHON_3_13], slim: { awsSdk: true },
    });
  });
  // The lock that was written on the way is good, and stays.
  expect(readFaults(run.message!)).toEqual([expect.objectContaining({ place, what: 'nothing is left for the layer' })]);
});
