// Package secrets serves the values of Secrets Manager to the function, and follows their rotations.
package secrets

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/awsconfig"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/loopback"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/settings"
)

const (
	name     = "secrets-extension"
	variable = "SECRETS_EXTENSION_CONFIG"
	// A secret has 64 KB, of which JSON may make six bytes each.
	maxResponseBytes = 512 << 10
)

type extensionSettings struct {
	loopback.Settings
	// ARNs or names.
	Secrets []string `json:"secrets"`
}

// New reads the settings. No service is asked yet.
func New() (lifecycle.Extension, error) {
	given, err := settings.Read[extensionSettings](variable)
	if err == nil && len(given.Secrets) == 0 {
		err = errors.New("secrets is empty, but must name what the function reads")
	}
	if err != nil {
		return nil, err
	}
	extension, err := loopback.NewExtension(name, given.Settings)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	config, err := awsconfig.FromEnvironment(maxResponseBytes)
	if err != nil {
		return nil, err
	}
	client := secretsmanager.NewFromConfig(config)
	var served served
	for _, id := range given.Secrets {
		served = append(served, newSecret(client, extension.Keeper, id))
	}
	extension.Routes.HandleFunc("GET /secretsmanager/get", served.get)
	return extension, nil
}

// What the settings name, and no more.
type served []*secret

// A secret may be asked for by its name or an ARN, whichever of them the settings have.
func (served served) find(id string) *secret {
	for _, secret := range served {
		if secret.id == id {
			return secret
		}
	}
	for _, secret := range served {
		if secret.called(id) {
			return secret
		}
	}
	return nil
}

func (served served) get(w http.ResponseWriter, r *http.Request) {
	if loopback.Refuses(w, r, "secretId", "versionStage", "versionId") {
		return
	}
	query := r.URL.Query()
	id, stage, version := query.Get("secretId"), query.Get("versionStage"), query.Get("versionId")
	if id == "" {
		loopback.Fail(w, http.StatusBadRequest, "MissingParameter", "the query must have a secretId, an ARN or a name")
		return
	}
	if secret := served.find(id); secret != nil {
		kept, stale, err := secret.read(r.Context(), stage, version)
		// Now that its names are known, it may be another one.
		if err != nil || id == secret.id || secret.called(id) {
			loopback.Serve(w, r, kept.content, stale, err)
			return
		}
	}
	loopback.Fail(w, http.StatusNotFound, "NotServed", fmt.Sprintf("the secret %q is not one of the property `secrets` of the extension", id))
}
