import { install, openBench, planWith, removeFolders, siteOf } from './support';
import { readRecordOwners } from '../../lib/inspect/record-owners';
import { removeAwsSdk } from '../../lib/slim/aws-sdk';
import { listSiteFiles, type SiteFile } from '../../lib/slim/site-files';
import { slimSite } from '../../lib/slim/slim-site';
import { PYTHON_SDK_PACKAGES } from '../../lib/target/runtimes';

afterAll(removeFolders);

interface Package {
  readonly name: string;
  readonly needs?: readonly string[];
}

const SDK: readonly Package[] = [
  { name: 'boto3', needs: ['botocore<2,>=1', 's3transfer', 'jmespath'] },
  { name: 'botocore', needs: ['jmespath', 'python-dateutil (<3)', 'urllib3!=2.2.0 ; python_version >= "3.10"'] },
  { name: 'Python_Dateutil', needs: ['six'] },
  { name: 'urllib3' },
];

/** Packages of one module each. */
async function installed(packages: readonly Package[]): Promise<{ files: SiteFile[]; owners: Map<string, string> }> {
  const files: Record<string, string> = {};
  const owners = new Map<string, string>();
  for (const { name, needs = [] } of packages) {
    const info = `${name.toLowerCase()}-1.dist-info`;
    const paths = [`${name.toLowerCase()}/__init__.py`, `${info}/METADATA`];
    const headers = ['Metadata-Version: 2.1', `Name: ${name}`, 'Version: 1', ...needs.map((need) => `Requires-Dist: ${need}`)];
    files[paths[0]] = '';
    files[paths[1]] = [...headers, '', 'Requires-Dist: boto3'].join('\n');
    paths.forEach((path) => owners.set(path, info));
  }
  return { files: await siteOf(files), owners };
}

/** Packages that are left, and the line for the user. */
async function leftOf(packages: readonly Package[]): Promise<{ left: string[]; note?: string }> {
  const { files, owners } = await installed(packages);
  const { kept, savings, note } = await removeAwsSdk(files, owners);
  expect(savings).toEqual([expect.objectContaining({ rule: 'awsSdk', files: files.length - kept.length })]);
  return { left: kept.flatMap((file) => /^([^/]+)\/__init__\.py$/.exec(file.path)?.[1] ?? []), note };
}

test('the whole SDK goes when nothing else needs a part of it', async () => {
  expect(await leftOf([...SDK, { name: 'redis', needs: ['async-timeout'] }])).toEqual({ left: ['redis'] });
});

test('nothing of it goes when another package needs a part of it, and a line says which', async () => {
  expect(await leftOf([...SDK, { name: 'requests', needs: ['idna', 'urllib3 (<3,>=1.21.1)'] }])).toEqual({
    left: ['boto3', 'botocore', 'python_dateutil', 'requests', 'urllib3'],
    note: expect.stringMatching(/AWS SDK stays .*requests/),
  });
});

test('what only an extra of a package needs keeps nothing', async () => {
  expect(await leftOf([...SDK, { name: 'p', needs: ['boto3>=1; extra == "aws"', "urllib3 ; python_version>'3' and extra=='http'"] }]))
    .toEqual({ left: ['p'] });
});

test('where the SDK is not, what it would need is left alone, and nothing is said', async () => {
  expect(await leftOf([{ name: 'requests', needs: ['urllib3'] }, { name: 'urllib3' }])).toEqual({ left: ['requests', 'urllib3'] });
  expect(await leftOf([{ name: 'six' }])).toEqual({ left: ['six'] });
});

test('of real packages all goes with boto3 alone, and all stays with requests beside it', async () => {
  const bench = await openBench();
  const slim = async (...requirements: string[]): Promise<{ left: string[]; names: string[]; notes: readonly string[] }> => {
    const site = await install(bench, '3.13', requirements);
    const files = await listSiteFiles(site);
    const { kept, notes } = await slimSite(files, planWith(['awsSdk']), await readRecordOwners(site, ''), site);
    const namesIn = (list: readonly SiteFile[]): string[] =>
      list.flatMap((file) => /^([^/]+)-[^/-]+\.dist-info\/METADATA$/.exec(file.path)?.[1].replace('_', '-') ?? []);
    return { left: kept.map((file) => file.path), names: namesIn(files), notes };
  };

  const alone = await slim('boto3==1.40.21');
  expect(alone.left).toEqual([]);
  expect(alone.names.sort()).toEqual([...PYTHON_SDK_PACKAGES].sort());
  const beside = await slim('boto3==1.40.21', 'requests==2.32.5');
  expect(beside.left).toEqual(expect.arrayContaining(['boto3/__init__.py', 'six.py', 'requests/__init__.py']));
  expect(beside.notes).toEqual([expect.stringContaining('requests')]);
});
