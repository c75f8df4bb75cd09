package config

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/awsconfig"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/loopback"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/values"
)

// A configuration of AppConfig, by ids.
type configuration struct {
	Application string `json:"application"`
	Environment string `json:"environment"`
	Profile     string `json:"profile"`
}

func (configuration configuration) String() string {
	return fmt.Sprintf("configuration %s/%s/%s", configuration.Application, configuration.Environment, configuration.Profile)
}

// A session is how AppConfig hands a configuration out: each answer has the token for the next call, and no content when there is nothing new.
// It is for one call at a time.
type session struct {
	config        aws.Config
	endpoint      string
	configuration configuration
	// Without one, a session is started.
	token string
	last  loopback.Content
}

func (session *session) latest(ctx context.Context) (loopback.Content, error) {
	if session.token != "" {
		content, err := session.poll(ctx)
		if fault := (*values.Fault)(nil); !errors.As(err, &fault) || fault.Code != "BadRequestException" {
			return content, err
		}
		// The token ended, as it does after a day.
	}
	if err := session.start(ctx); err != nil {
		return loopback.Content{}, err
	}
	// The first answer of a session has the content, and may be empty.
	session.last = loopback.Content{}
	return session.poll(ctx)
}

func (session *session) poll(ctx context.Context) (loopback.Content, error) {
	path := "/configuration?configuration_token=" + url.QueryEscape(session.token)
	// A token is for one call, whatever comes of it.
	session.token = ""
	response, body, err := session.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return loopback.Content{}, err
	}
	session.token = response.Header.Get("Next-Poll-Configuration-Token")
	if session.token == "" {
		return loopback.Content{}, values.InvalidAnswer()
	}
	if len(body) > 0 || session.last.Body == nil {
		session.last = loopback.NewContent(response.Header.Get("Content-Type"), body)
	}
	return session.last, nil
}

func (session *session) start(ctx context.Context) error {
	input, err := json.Marshal(map[string]string{
		"ApplicationIdentifier":          session.configuration.Application,
		"EnvironmentIdentifier":          session.configuration.Environment,
		"ConfigurationProfileIdentifier": session.configuration.Profile,
	})
	if err != nil {
		return err
	}
	_, body, err := session.call(ctx, http.MethodPost, "/configurationsessions", input)
	if err != nil {
		return err
	}
	var output struct{ InitialConfigurationToken string }
	if json.Unmarshal(body, &output) != nil || output.InitialConfigurationToken == "" {
		return values.InvalidAnswer()
	}
	session.token = output.InitialConfigurationToken
	return nil
}

// There is no Go module of this service's client that could be had here, so that its two calls are signed and sent by hand.
func (session *session) call(ctx context.Context, method, path string, input []byte) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, session.endpoint+path, bytes.NewReader(input))
	if err != nil {
		return nil, nil, err
	}
	if input != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	credentials, err := session.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, nil, err
	}
	digest := sha256.Sum256(input)
	err = v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(digest[:]), "appconfig", session.config.Region, time.Now())
	if err != nil {
		return nil, nil, err
	}
	response, err := session.config.HTTPClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = serviceFault(response, body)
	}
	return response, body, err
}

func endpointOf(region string) string {
	if url, found := awsconfig.Endpoint("AppConfigData"); found {
		return strings.TrimSuffix(url, "/")
	}
	domain := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain = "amazonaws.com.cn"
	}
	return "https://appconfigdata." + region + "." + domain
}

func serviceFault(response *http.Response, body []byte) error {
	var output struct{ Message string }
	code, _, _ := strings.Cut(response.Header.Get("X-Amzn-ErrorType"), ":")
	if json.Unmarshal(body, &output) != nil || code == "" {
		code = "InvalidAnswer"
	}
	return values.ServiceFault(code, output.Message, response)
}
