package telemetry

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"
)

// otlpSink speaks the OpenTelemetry protocol, see https://opentelemetry.io/docs/specs/otlp/.
type otlpSink struct {
	client   aws.HTTPClient
	endpoint string
	encoder  otlpEncoder
	gzip     *gzip.Writer
	// rejected is called for log records that the destination refuses although it takes the others.
	rejected func(events int)

	secrets       func() *secretsmanager.Client
	headersSecret string
	headersMutex  sync.Mutex
	headers       map[string]string
}

func (s *otlpSink) batchBytes() int { return 512 << 10 }

func (s *otlpSink) send(ctx context.Context, batch *batch) error {
	if len(batch.chunks) > 0 {
		answer, err := s.post(ctx, "/v1/logs", func(to io.Writer) error { return s.encoder.logs(to, batch.chunks) })
		if err != nil {
			return err
		}
		s.rejected(answer.PartialSuccess.rejected())
		batch.keep(nil)
	}
	if batch.metrics != nil {
		_, err := s.post(ctx, "/v1/metrics", func(to io.Writer) error { return s.encoder.metrics(to, batch.metrics) })
		if refused := (refusal{}); err == nil || errors.As(err, &refused) {
			batch.metrics = nil
		}
		return err
	}
	return nil
}

type otlpAnswer struct {
	PartialSuccess otlpPartialSuccess `json:"partialSuccess"`
}

type otlpPartialSuccess struct {
	// A number of 64 bits, which JSON of the protocol has as text; some destinations write a number.
	RejectedLogRecords any `json:"rejectedLogRecords"`
}

func (p otlpPartialSuccess) rejected() int {
	n, _ := strconv.Atoi(fmt.Sprint(p.RejectedLogRecords))
	return max(n, 0)
}

func (s *otlpSink) post(ctx context.Context, path string, encode func(io.Writer) error) (answer otlpAnswer, err error) {
	headers, err := s.readHeaders(ctx)
	if err != nil {
		return answer, err
	}
	// Not used again, since a request that was given up may still read it.
	var body bytes.Buffer
	s.gzip.Reset(&body)
	if err := errors.Join(encode(s.gzip), s.gzip.Close()); err != nil {
		return answer, refusal{err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(s.endpoint, "/")+path, &body)
	if err != nil {
		return answer, refusal{err}
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-Encoding", "gzip")
	response, err := s.client.Do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	// The text of an answer is not told: it might repeat the headers.
	read, err := io.ReadAll(response.Body)
	if failure := statusError(response); failure != nil {
		return answer, fmt.Errorf("POST %s: %w", path, failure)
	}
	json.Unmarshal(read, &answer)
	return answer, err
}

// statusError knows what the protocol says about each status.
func statusError(response *http.Response) error {
	said := fmt.Errorf("the destination answers %s", response.Status)
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return overload{said, retryAfter(response.Header.Get("Retry-After"))}
	}
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		return nil
	}
	return refusal{said}
}

func retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return time.Until(date)
	}
	return 0
}

// readHeaders asks for the secret until it was read once. Neither its content nor what is wrong with it is told.
func (s *otlpSink) readHeaders(ctx context.Context) (map[string]string, error) {
	s.headersMutex.Lock()
	defer s.headersMutex.Unlock()
	if s.headersSecret == "" || s.headers != nil {
		return s.headers, nil
	}
	secret, err := s.secrets().GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.headersSecret})
	if fault := smithy.APIError(nil); errors.As(err, &fault) {
		return nil, fmt.Errorf("the secret of headersSecret cannot be read: %s", fault.ErrorCode())
	}
	if err != nil {
		return nil, fmt.Errorf("the secret of headersSecret cannot be read: %w", err)
	}
	headers := map[string]string{}
	if json.Unmarshal([]byte(aws.ToString(secret.SecretString)), &headers) != nil {
		return nil, errors.New("the secret of headersSecret is no JSON object of header names and their values, which are strings")
	}
	s.headers = headers
	return headers, nil
}
