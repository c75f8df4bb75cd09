// Package config serves parameters of Systems Manager and configurations of AppConfig to the function.
package config

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/awsconfig"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/loopback"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/settings"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/values"
)

const (
	name     = "config-extension"
	variable = "CONFIG_EXTENSION_CONFIG"
	// A configuration of AppConfig has at most 2 MB; a parameter, with what JSON makes of it, far less.
	maxResponseBytes = 2<<20 + 64<<10
)

type extensionSettings struct {
	loopback.Settings
	Parameters []string        `json:"parameters"`
	AppConfig  []configuration `json:"appConfig"`
}

// New reads the settings. No service is asked yet.
func New() (lifecycle.Extension, error) {
	given, err := settings.Read[extensionSettings](variable)
	if err == nil && len(given.Parameters)+len(given.AppConfig) == 0 {
		err = errors.New(variable + ": parameters and appConfig are empty, but must name what the function reads")
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
	if len(given.Parameters) > 0 {
		serveParameters(extension, ssm.NewFromConfig(config), given.Parameters)
	}
	serveConfigurations(extension, config, given.AppConfig)
	return extension, nil
}

func serveParameters(extension *loopback.Extension, client *ssm.Client, names []string) {
	served := make(map[string]*parameter, len(names))
	for _, name := range names {
		served[name] = newParameter(client, extension.Keeper, name)
	}
	extension.Routes.HandleFunc("GET /systemsmanager/parameters/get", func(w http.ResponseWriter, r *http.Request) {
		if loopback.Refuses(w, r, "name", "withDecryption") {
			return
		}
		query := r.URL.Query()
		name := query.Get("name")
		parameter, found := served[name]
		switch {
		case name == "":
			loopback.Fail(w, http.StatusBadRequest, "MissingParameter", "the query must have the name of a parameter")
		case !found:
			loopback.Fail(w, http.StatusNotFound, "NotServed", fmt.Sprintf(
				"the parameter %q is not one of the property `parameters` of the extension", name))
		default:
			content, stale, err := parameter.read(r.Context(), query.Get("withDecryption") == "true")
			loopback.Serve(w, r, content, stale, err)
		}
	})
}

func serveConfigurations(extension *loopback.Extension, config aws.Config, configurations []configuration) {
	served := make(map[configuration]*values.Cached[loopback.Content], len(configurations))
	for _, configuration := range configurations {
		session := &session{config: config, endpoint: endpointOf(config.Region), configuration: configuration}
		served[configuration] = values.Ahead(extension.Keeper, configuration.String(), session.latest)
	}
	pattern := "GET /applications/{application}/environments/{environment}/configurations/{profile}"
	extension.Routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if loopback.Refuses(w, r) {
			return
		}
		asked := configuration{r.PathValue("application"), r.PathValue("environment"), r.PathValue("profile")}
		cached, found := served[asked]
		if !found {
			loopback.Fail(w, http.StatusNotFound, "NotServed", fmt.Sprintf("the %v is not one of the property `appConfig` of the extension", asked))
			return
		}
		content, stale, err := cached.Read(r.Context())
		loopback.Serve(w, r, content, stale, err)
	})
}
