// Package awsconfig makes the configuration of AWS clients from the environment that Lambda gives an extension. The SDK's own config module
// would do it too, but reads files and knows a dozen sources that are never there, at a cost in the start of every function.
package awsconfig

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	connectTimeout = 2 * time.Second
	// A whole attempt, the body included: an endpoint that sends a byte a second ends here.
	attemptTimeout = 10 * time.Second
	// Short, since a connection does not outlive a frozen environment.
	idleTimeout = 10 * time.Second
)

// FromEnvironment fails when no region is set. Credentials are looked for when a client first needs them. A response of more than
// maxResponseBytes is an error of the call, so that what a service answers cannot take the function's memory.
func FromEnvironment(maxResponseBytes int64) (aws.Config, error) {
	region := os.Getenv("AWS_REGION")
	if region == "" {
		return aws.Config{}, errors.New("the environment has no AWS_REGION, which Lambda sets: start the extension in Lambda or its emulator")
	}
	client := httpClient(maxResponseBytes)
	config := aws.Config{
		Region:      region,
		Credentials: aws.NewCredentialsCache(credentialsProvider(client)),
		HTTPClient:  client,
		Retryer:     func() aws.Retryer { return retry.NewStandard(heedRetryAfter) },
		// Clients of services ask it for AWS_ENDPOINT_URL_<SERVICE>.
		ConfigSources: []any{serviceEndpoints{}},
	}
	if url := os.Getenv("AWS_ENDPOINT_URL"); url != "" {
		config.BaseEndpoint = &url
	}
	return config, nil
}

// Endpoint is where a service is told to be by the environment, for a service that has no client here. The id is the SDK's, as in
// "Secrets Manager".
func Endpoint(serviceID string) (url string, found bool) {
	url = os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(serviceID)))
	if url == "" {
		url = os.Getenv("AWS_ENDPOINT_URL")
	}
	return url, url != ""
}

type serviceEndpoints struct{}

// GetServiceBaseEndpoint is called by the SDK.
func (serviceEndpoints) GetServiceBaseEndpoint(_ context.Context, serviceID string) (string, bool, error) {
	url, found := Endpoint(serviceID)
	return url, found, nil
}

func credentialsProvider(client *http.Client) aws.CredentialsProvider {
	// With SnapStart, keys in the environment would be those of the snapshot.
	if endpoint := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"); endpoint != "" {
		return endpointcreds.New(endpoint, func(options *endpointcreds.Options) {
			options.HTTPClient = client
			options.AuthorizationToken = os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
		})
	}
	return credentials.NewStaticCredentialsProvider(
		os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN"))
}

// A service that says when to come back is not asked again before: its error goes to the caller.
func heedRetryAfter(options *retry.StandardOptions) {
	told := retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
		var response *smithyhttp.ResponseError
		if errors.As(err, &response) && response.HTTPResponse().Header.Get("Retry-After") != "" {
			return aws.FalseTernary
		}
		return aws.UnknownTernary
	})
	options.Retryables = append([]retry.IsErrorRetryable{told}, options.Retryables...)
}

func httpClient(maxResponseBytes int64) *http.Client {
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout: connectTimeout,
		IdleConnTimeout:     idleTimeout,
		MaxIdleConnsPerHost: 8,
		// A small compressed body could be a large one.
		DisableCompression: true,
	}
	return &http.Client{
		Transport: bounded{transport, maxResponseBytes},
		Timeout:   attemptTimeout,
		// A signature is for one host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bounded struct {
	http.RoundTripper
	maxBytes int64
}

func (transport bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := transport.RoundTripper.RoundTrip(request)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, transport.maxBytes)
	}
	return response, err
}
