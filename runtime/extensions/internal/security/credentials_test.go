package security

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz0189"

// random values are made at each run, so that this file holds no credential itself.
func random(t *testing.T, length, alphabet int) string {
	t.Helper()
	content := make([]byte, length)
	rand.Read(content)
	for i := range content {
		content[i] = letters[int(content[i])%alphabet]
	}
	return string(content)
}

func pemOf(t *testing.T, kind string, key any) string {
	t.Helper()
	content, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}

func TestCredentials(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	rsaPEM, ecPEM, edPEM := pemOf(t, "RSA PRIVATE KEY", rsaKey), pemOf(t, "PRIVATE KEY", ecKey), pemOf(t, "PRIVATE KEY", edKey)
	quoted, err := json.Marshal(rsaPEM)
	must(t, err)
	secret, token, plain := random(t, 40, 62), random(t, 36, 62), random(t, 12, 62)
	accessKey := "AKIA" + random(t, 16, 32)
	cases := []struct {
		name, path, content string
		// kind and line; no kind for nothing
		kind string
		line int
	}{
		{"an access key id", "a.py", "import x\nKEY = '" + accessKey + "'\n", awsAccessKey, 2},
		{"one of a session", "a.py", "ASIA" + accessKey[4:], awsAccessKey, 1},
		{"that of AWS's documentation", "a.py", "AKIAIOSFODNN7EXAMPLE", "", 0},
		{"one character more", "a.py", accessKey + "A", "", 0},
		{"within a word", "a.py", "X" + accessKey, "", 0},
		{"all the same", "a.py", "AKIAAAAAAAAAAAAAAAAA", "", 0},
		{"in a signed URL", "a.rst", "https://x/?X-Amz-Credential=" + accessKey + "%2F20260101", "", 0},
		{"a secret key in a configuration", ".aws/credentials", "[default]\naws_secret_access_key = " + secret + "\n", awsSecretKey, 2},
		{"a secret key in code", "a.js", `new Client({secretAccessKey: "` + secret + `"})`, awsSecretKey, 1},
		{"a secret key in an answer", "a.json", "{\n\"SecretAccessKey\": \"" + secret + "\"}", awsSecretKey, 2},
		{"that of AWS's documentation, too", "a.json", `"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"`, "", 0},
		{"a name without a value", "a.py", "aws_secret_access_key=secret_key_of_some_session_or_other_of_us()", "", 0},
		{"an RSA key", "key.pem", "\n\n" + rsaPEM, privateKey, 3},
		{"an EC key", "key", ecPEM, privateKey, 1},
		{"an Ed25519 key", "id_ed25519", edPEM, privateKey, 1},
		{"with Windows's line ends", "key.pem", strings.ReplaceAll(ecPEM, "\n", "\r\n"), privateKey, 1},
		{"an encrypted key", "key.pem", strings.ReplaceAll(rsaPEM, "KEY-----\nM", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\nM"), privateKey, 1},
		{"within JSON", "a.json", `{"key":` + string(quoted) + `}`, privateKey, 1},
		{"of strings of Python", "a.py", "K = (\n'" + strings.ReplaceAll(strings.TrimSpace(rsaPEM), "\n", "\\n'\n'") + "')", privateKey, 2},
		{"of a service account", "sa.json", "{\"type\": \"service_account\",\n\"private_key\": " + string(quoted) + "}", serviceAccountKey, 2},
		{"a certificate", "ca.pem", strings.ReplaceAll(rsaPEM, "PRIVATE KEY", "CERTIFICATE"), "", 0},
		{"a public key", "a.pub", strings.ReplaceAll(rsaPEM, "PRIVATE KEY", "PUBLIC KEY"), "", 0},
		{"the two lines alone", "a.py", "if x.startswith('-----BEGIN PRIVATE KEY-----') or x.endswith('-----END PRIVATE KEY-----'):", "", 0},
		{"an elision", "README", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----", "", 0},
		{"a key in a program", "lib.so", "\x7fELF\x00\x00" + rsaPEM, "", 0},
		{"a token of GitHub", "a", "x ghp_" + token + "\n", githubToken, 1},
		{"one that is fine-grained", "a", "github_pat_" + random(t, 22, 62) + "_" + random(t, 59, 62), githubToken, 1},
		{"a placeholder of it", "a", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx ghp_" + strings.Repeat("0123", 9), "", 0},
		{"a token of GitLab", "a", "glpat-" + random(t, 20, 62), gitlabToken, 1},
		{"a token of Slack", "a", "xoxb-123456789012-123456789012-" + random(t, 24, 62), slackToken, 1},
		{"a webhook of Slack", "a", "https://hooks.slack.com/services/T" + random(t, 8, 26) + "/B" + random(t, 8, 26) + "/" + random(t, 24, 62), slackWebhook, 1},
		{"that of Slack's documentation", "a", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "", 0},
		{"a token of npm", "a", "npm_" + token, npmToken, 1},
		{"a function of npm", "a.js", "npm_config_registry npm_lifecycle_event_with_a_long_name_behind", "", 0},
		{"a token of PyPI", "a", "pypi-AgEIcHlwaS5vcmc" + random(t, 80, 62), pypiToken, 1},
		{"a key of Stripe", "a", "sk_live_" + random(t, 24, 62), stripeKey, 1},
		{"a test key of Stripe", "a", "sk_test_" + random(t, 24, 62), "", 0},
		{".env", "nodejs/.env", "# x\nNODE_ENV=production\nexport DB_PASSWORD=\"" + plain + "\"\n", envSecret, 3},
		{".env of a stage", ".env.production", "API_KEY=" + plain, envSecret, 1},
		{".env with a token of a known form", ".env", "GITHUB_TOKEN=ghp_" + token, githubToken, 1},
		{".env for readers", ".env.example", "API_KEY=" + plain, "", 0},
		{".env without secrets", ".env", "PORT=8080\nTOKEN=\nSECRET_NAME=" + plain + "\nPASSWORD=${PASSWORD}\nAPI_KEY=your-api-key\n", "", 0},
		{".netrc", ".netrc", "machine a.example.org\n  login me\n  password " + plain + "\n", netrcPassword, 3},
		{".npmrc", ".npmrc", "registry=https://r/\n//r/:_authToken=" + plain, registryPassword, 2},
		{".npmrc with a variable", ".npmrc", "//r/:_authToken=${NPM_TOKEN}\nsave-exact=true\n", "", 0},
		{".pypirc", ".pypirc", "[pypi]\nusername = me\npassword = " + plain, registryPassword, 3},
		{"Docker's", ".docker/config.json", "{\"auths\":{\"r\":{\n \"auth\": \"bWU6c2VjcmV0c2VjcmV0\"}}}", registryPassword, 2},
		{"another config.json", "x/config.json", "{\n \"auth\": \"bWU6c2VjcmV0c2VjcmV0\"}", "", 0},
		{"git's", ".git-credentials", "https://me:" + plain + "@host\n", gitPassword, 1},
		{"an empty file", ".env", "", "", 0},
		{"beyond what is read", "a", strings.Repeat("0123456789abcde\n", bufferBytes/16) + rsaPEM, "", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := newRoot(t)
			tree{c.path: {content: c.content}}.write(t, root)
			found := checkTree(t, root, config{Detect: []detector{credentials}})
			if c.kind == "" {
				if len(found) > 0 {
					t.Errorf("found %+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Credential != c.kind || found[0].Line != c.line || found[0].Path != c.path {
				t.Fatalf("found %+v, want one %s in line %d", found, c.kind, c.line)
			}
			text, _ := json.Marshal(found)
			for _, value := range []string{secret, token, plain, accessKey, rsaPEM[50:90]} {
				if strings.Contains(string(text), value) {
					t.Errorf("the value is told: %s", text)
				}
			}
		})
	}
}

func TestAFileFullOfCredentialsIsToldByItsFirst(t *testing.T) {
	root := newRoot(t)
	line := "ghp_" + random(t, 36, 62) + "\n"
	tree{"a": {content: strings.Repeat(line, 5000)}}.write(t, root)
	if found := checkTree(t, root, config{Detect: []detector{credentials}}); len(found) != maxCredentialsInFile {
		t.Errorf("%d findings", len(found))
	}
}

// Packages as users have them in layers: none of them holds a credential.
func TestInstalledPackagesHoldNoCredentials(t *testing.T) {
	if testing.Short() {
		t.Skip("it installs packages")
	}
	root := newRoot(t)
	must(t, os.MkdirAll(filepath.Join(root, "nodejs"), 0o755))
	install(t, root, "python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--only-binary=:all:", "--target", "python",
		"boto3==1.44.8", "cryptography==50.0.2", "requests==2.34.2", "certifi==2026.10.19.post1", "pyjwt==2.15.1", "google-auth==2.63.0", "paramiko==5.1.0", "aiohttp==3.14.5")
	install(t, filepath.Join(root, "nodejs"), "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", ".",
		"jose@6.2.18", "jsonwebtoken@9.0.3", "axios@1.21.1", "google-auth-library@10.9.1", "@aws-sdk/client-secrets-manager@3.1164.0")
	found, sum := checkWithin(t, t.Context(), root, config{Detect: []detector{credentials}})
	if len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	if sum.Files < 2000 {
		t.Errorf("only %d files were looked at", sum.Files)
	}
}

func install(t *testing.T, folder string, command ...string) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%s is not here", command[0])
	}
	installing := exec.CommandContext(t.Context(), command[0], command[1:]...)
	installing.Dir = folder
	if out, err := installing.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
}
