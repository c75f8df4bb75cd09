package config

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/loopback"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/values"
)

type fetchedParameter struct {
	content   loopback.Content
	encrypted bool
}

// A parameter is kept decrypted. As the ciphertext, which is what GetParameter gives to who does not ask for more, it is kept once someone reads it.
type parameter struct {
	client    *ssm.Client
	name      string
	decrypted *values.Cached[fetchedParameter]
	encrypted *values.Cached[fetchedParameter]
}

func newParameter(client *ssm.Client, keeper *values.Keeper, name string) *parameter {
	parameter := &parameter{client: client, name: name}
	parameter.decrypted = values.Ahead(keeper, fmt.Sprintf("parameter %q", name), func(ctx context.Context) (fetchedParameter, error) {
		return parameter.fetch(ctx, true)
	})
	parameter.encrypted = values.OnDemand(keeper, fmt.Sprintf("parameter %q, encrypted", name), func(ctx context.Context) (fetchedParameter, error) {
		return parameter.fetch(ctx, false)
	})
	return parameter
}

func (parameter *parameter) read(ctx context.Context, decrypt bool) (loopback.Content, time.Duration, error) {
	kept, stale, err := parameter.decrypted.Read(ctx)
	if kept.encrypted && !decrypt {
		kept, stale, err = parameter.encrypted.Read(ctx)
	}
	return kept.content, stale, err
}

func (parameter *parameter) fetch(ctx context.Context, decrypt bool) (fetchedParameter, error) {
	output, err := parameter.client.GetParameter(ctx, &ssm.GetParameterInput{Name: &parameter.name, WithDecryption: &decrypt})
	if err != nil {
		return fetchedParameter{}, err
	}
	if output.Parameter == nil || output.Parameter.Value == nil {
		return fetchedParameter{}, values.InvalidAnswer()
	}
	content, err := loopback.NewJSON(output)
	return fetchedParameter{content, output.Parameter.Type == types.ParameterTypeSecureString}, err
}
