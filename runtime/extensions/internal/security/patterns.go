package security

import (
	"bytes"
	"math"
	"regexp"
	"strings"
)

const (
	awsAccessKey      = "aws-access-key-id"
	awsSecretKey      = "aws-secret-access-key"
	privateKey        = "private-key"
	serviceAccountKey = "service-account-key"
	githubToken       = "github-token"
	gitlabToken       = "gitlab-token"
	slackToken        = "slack-token"
	slackWebhook      = "slack-webhook"
	npmToken          = "npm-token"
	pypiToken         = "pypi-token"
	stripeKey         = "stripe-key"
	envSecret         = "env-secret"
	netrcPassword     = "netrc-password"
	registryPassword  = "registry-password"
	gitPassword       = "git-password"
)

func describeCredential(kind string) string {
	return "a credential (" + kind + ")"
}

// credentialPattern is of credentials that can be told by their form alone, in whichever file.
type credentialPattern struct {
	kind   string
	marker []byte
	// rest is anchored at the marker. Its last group is the value, which must not be one of an example.
	rest *regexp.Regexp
	// random is whether the value is random, so that one with few different characters is an example.
	random bool
}

// credentialPatterns are compiled when a check starts: the other extensions in this program need none of them.
func credentialPatterns() []credentialPattern {
	var patterns []credentialPattern
	add := func(kind string, random bool, rest string, markers ...string) {
		compiled := regexp.MustCompile(`^` + rest)
		for _, marker := range markers {
			patterns = append(patterns, credentialPattern{kind, []byte(marker), compiled, random})
		}
	}
	add(awsAccessKey, true, `(A[KS]IA[A-Z2-7]{16})\b`, "AKIA", "ASIA")
	// Of 40 characters, in what configuration files, environments, code and the answers of AWS have for it.
	add(awsSecretKey, true, `\w{15,21}["']?\s*(?:=>|[:=])\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)`,
		"aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey")
	// With a body: the two lines alone are in every library that reads keys. Within strings, line ends are \n or several strings.
	add(privateKey, true, `-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z-]+: [^\n]*|[\s"'+,\\]|\\[nr])*?((?:[A-Za-z0-9+/]{16,}={0,2}(?:\\[nr]|[\s"'+,\\])*)+)`, "-----BEGIN ")
	add(githubToken, true, `gh[pousr]_([A-Za-z0-9]{36})\b`, "ghp_", "gho_", "ghu_", "ghs_", "ghr_")
	add(githubToken, true, `github_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b`, "github_pat_")
	add(gitlabToken, true, `glpat-([A-Za-z0-9_-]{20,})`, "glpat-")
	add(slackToken, true, `xox[abeoprs]-((?:[0-9]{8,14}-){1,3}[A-Za-z0-9]{20,40})\b`, "xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-")
	add(slackWebhook, true, `hooks\.slack\.com/(?:services|workflows)/(T[A-Z0-9]{8,}/[AB][A-Z0-9]{8,}/[A-Za-z0-9]{23,})`, "hooks.slack.com/")
	add(npmToken, true, `npm_([A-Za-z0-9]{36})\b`, "npm_")
	add(pypiToken, true, `pypi-(AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,})`, "pypi-AgEIcHlwaS5vcmc")
	add(stripeKey, true, `[sr]k_live_([A-Za-z0-9]{24,})\b`, "sk_live_", "rk_live_")
	return patterns
}

func (p *credentialPattern) matches(content []byte) bool {
	groups := p.rest.FindSubmatch(content)
	if groups == nil {
		return false
	}
	value := string(groups[1])
	if p.kind == privateKey {
		return isKeyBody(value)
	}
	return !isPlaceholder(value) && (!p.random || entropy(value) >= minEntropy(len(value)))
}

// kindIn tells a private key of a Google service account from others by what the file has besides.
func (p *credentialPattern) kindIn(content []byte) string {
	if p.kind == privateKey && bytes.Contains(content, []byte(`"service_account"`)) && bytes.Contains(content, []byte(`"private_key"`)) {
		return serviceAccountKey
	}
	return p.kind
}

// The shortest private key, of Ed25519, is 64 characters. An elision or the same character over and over is no key.
func isKeyBody(body string) bool {
	body = strings.NewReplacer(`\n`, "", `\r`, "").Replace(body)
	body = strings.Map(func(r rune) rune {
		if strings.ContainsRune("\\\"', \t\r\n", r) {
			return -1
		}
		return r
	}, body)
	return len(body) >= 64 && !isPlaceholder(body) && entropy(body) >= 4
}

// placeholders are words of examples. Of four letters and more, so that none is in a random value by chance.
var placeholders = []string{"example", "placeholder", "changeme", "change_me", "change-me", "your", "dummy", "xxxx", "****", "....", "redacted", "${", "{{", "<", "$("}

func isPlaceholder(value string) bool {
	lower := strings.ToLower(value)
	for _, placeholder := range placeholders {
		if strings.Contains(lower, placeholder) {
			return true
		}
	}
	return false
}

// minEntropy is below what nearly all random values of that length have, and above what is typed by hand, in bits for each character.
func minEntropy(length int) float64 {
	if length < 24 {
		return 2.6
	}
	return 3.2
}

// entropy is Shannon's, in bits for each character.
func entropy(value string) float64 {
	var counts [256]int
	for i := range len(value) {
		counts[value[i]]++
	}
	bits := 0.0
	for _, count := range counts {
		if count > 0 {
			share := float64(count) / float64(len(value))
			bits -= share * math.Log2(share)
		}
	}
	return bits
}
