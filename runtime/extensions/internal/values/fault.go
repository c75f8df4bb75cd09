package values

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The bytes of a service's message that are handed on.
const maxMessage = 500

// Fault is why a value could not be fetched, in words that hold nothing of what was answered.
type Fault struct {
	// Status is the HTTP status for those who read the value.
	Status int
	// Code is the service's, as in "AccessDeniedException", or one of Timeout, Unreachable, InvalidAnswer, AnswerTooLarge, NoCredentials.
	Code    string
	Message string
	// RetryAfter is 0 when the service did not say it.
	RetryAfter time.Duration
}

func (fault *Fault) Error() string { return fault.Code + ": " + fault.Message }

// ServiceFault is what a service answered in place of a value.
func ServiceFault(code, message string, response *http.Response) *Fault {
	// For one line of the log.
	message = strings.Join(strings.Fields(message), " ")
	fault := unavailable(code, strings.ToValidUTF8(message[:min(len(message), maxMessage)], ""))
	status := 0
	if response != nil {
		status = response.StatusCode
		if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
			fault.RetryAfter = time.Duration(seconds) * time.Second
		}
	}
	_, throttled := retry.DefaultThrottleErrorCodes[code]
	switch {
	case throttled || status == http.StatusTooManyRequests:
		fault.Status = http.StatusTooManyRequests
	case code == "ResourceNotFoundException" || code == "ParameterNotFound" || code == "ParameterVersionNotFound":
		fault.Status = http.StatusNotFound
	case status == http.StatusForbidden || refused[code]:
		fault.Status = http.StatusForbidden
	}
	return fault
}

// These come with the status 400 too.
var refused = map[string]bool{
	"AccessDeniedException": true, "AccessDenied": true, "ExpiredTokenException": true, "ExpiredToken": true,
	"UnrecognizedClientException": true, "InvalidClientTokenId": true, "InvalidSignatureException": true,
}

// InvalidAnswer is for an answer that lacks what the caller needs of it.
func InvalidAnswer() *Fault {
	return unavailable("InvalidAnswer", "what answered is not the service: look at its endpoint")
}

// FaultOf tells an error of an AWS client. Texts of errors that are not the service's own are not handed on: they may quote the answer.
func FaultOf(err error) *Fault {
	if fault := (*Fault)(nil); errors.As(err, &fault) {
		return fault
	}
	var response *smithyhttp.ResponseError
	errors.As(err, &response)
	if api := smithy.APIError(nil); errors.As(err, &api) {
		if response != nil {
			return ServiceFault(api.ErrorCode(), api.ErrorMessage(), response.HTTPResponse().Response)
		}
		return ServiceFault(api.ErrorCode(), api.ErrorMessage(), nil)
	}
	var (
		network  net.Error
		tooLarge *http.MaxBytesError
		keys     *credentials.StaticCredentialsEmptyError
	)
	switch {
	case errors.As(err, &tooLarge):
		return unavailable("AnswerTooLarge", fmt.Sprintf("the service answered more than %d bytes, which no value has", tooLarge.Limit))
	case errors.As(err, &keys):
		return unavailable("NoCredentials", "the environment has no AWS_ACCESS_KEY_ID, which Lambda sets for the function's role")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return timeout()
	case errors.As(err, &network):
		return unavailable("Unreachable", "no connection to the service: a function in a VPC needs a NAT gateway or a VPC endpoint of the service")
	default:
		return InvalidAnswer()
	}
}

func timeout() *Fault {
	return unavailable("Timeout", "the service has not answered in time: a function in a VPC needs a NAT gateway or a VPC endpoint of the service")
}

func unavailable(code, message string) *Fault {
	return &Fault{Status: http.StatusServiceUnavailable, Code: code, Message: message}
}
