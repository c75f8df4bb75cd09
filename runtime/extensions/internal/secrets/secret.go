package secrets

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/loopback"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/values"
)

const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// A version is a value of a secret, as GetSecretValue answers it.
type version struct {
	id, arn, name string
	content       loopback.Content
}

// A secret is asked for its current version ahead, for the previous one when someone reads it.
type secret struct {
	// As in the settings.
	id       string
	client   *secretsmanager.Client
	current  *values.Cached[version]
	previous *values.Cached[version]
}

func newSecret(client *secretsmanager.Client, keeper *values.Keeper, id string) *secret {
	secret := &secret{id: id, client: client}
	secret.current = values.Ahead(keeper, fmt.Sprintf("secret %q", id), secret.fetchCurrent)
	secret.previous = values.OnDemand(keeper, fmt.Sprintf("secret %q, %s", id, previous), func(ctx context.Context) (version, error) {
		return secret.fetch(ctx, previous, "")
	})
	return secret
}

// Read answers stages from what is kept. Versions by id, and stages of other names, are asked for each time unless they are kept too.
func (secret *secret) read(ctx context.Context, stage, id string) (kept version, stale time.Duration, err error) {
	switch {
	case id == "" && (stage == "" || stage == current):
		return secret.current.Read(ctx)
	case id == "" && stage == previous:
		return secret.previous.Read(ctx)
	}
	if stage == "" {
		for _, cached := range []*values.Cached[version]{secret.current, secret.previous} {
			if kept, known := cached.Peek(); known && kept.id == id {
				return kept, 0, nil
			}
		}
	}
	kept, err = values.Once(ctx, func(ctx context.Context) (version, error) { return secret.fetch(ctx, stage, id) })
	return kept, 0, err
}

// A rotation is seen here. What was current is the previous version from now on, at hand for clients that are still to follow.
func (secret *secret) fetchCurrent(ctx context.Context) (version, error) {
	fetched, err := secret.fetch(ctx, current, "")
	if err != nil {
		return fetched, err
	}
	if before, known := secret.current.Peek(); known && before.id != fetched.id {
		if superseded, err := before.superseded(); err == nil {
			secret.previous.Offer(superseded)
		}
	}
	return fetched, nil
}

func (secret *secret) fetch(ctx context.Context, stage, id string) (version, error) {
	input := &secretsmanager.GetSecretValueInput{SecretId: &secret.id}
	if stage != "" {
		input.VersionStage = &stage
	}
	if id != "" {
		input.VersionId = &id
	}
	output, err := secret.client.GetSecretValue(ctx, input)
	if err != nil {
		return version{}, err
	}
	return newVersion(output)
}

func newVersion(output *secretsmanager.GetSecretValueOutput) (version, error) {
	if output.ARN == nil || output.Name == nil || output.VersionId == nil || output.SecretString == nil && output.SecretBinary == nil {
		return version{}, values.InvalidAnswer()
	}
	content, err := loopback.NewJSON(output)
	return version{id: *output.VersionId, arn: *output.ARN, name: *output.Name, content: content}, err
}

func (before version) superseded() (version, error) {
	var output secretsmanager.GetSecretValueOutput
	if err := json.Unmarshal(before.content.Body, &output); err != nil {
		return version{}, err
	}
	output.VersionStages = []string{previous}
	return newVersion(&output)
}

// Called tells whether a secret goes by an ARN or a name. Before Secrets Manager said both, an ARN is taken apart.
func (secret *secret) called(id string) bool {
	if kept, known := secret.current.Peek(); known {
		return id == kept.arn || id == kept.name || id == suffix.ReplaceAllString(kept.arn, "")
	}
	return mayBeNameOf(id, secret.id) || mayBeNameOf(secret.id, id)
}

// Secrets Manager ends each ARN with six characters of its own.
var suffix = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

// An ARN that was given without them may have the same in its name.
func mayBeNameOf(name, arn string) bool {
	_, resource, isARN := strings.Cut(arn, ":secret:")
	return isARN && (name == resource || name == suffix.ReplaceAllString(resource, ""))
}
