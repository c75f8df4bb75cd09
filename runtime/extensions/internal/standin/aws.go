package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

type secretVersion struct{ id, value string }

type parameter struct {
	kind, value string
	version     int
}

type configuration struct {
	kind, content string
	version       int
}

// PutSecret makes a secret, or rotates it to another value.
func (server *Server) PutSecret(name, value string) {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	versions := server.secrets[name]
	server.secrets[name] = append(versions, secretVersion{fmt.Sprintf("%s-version-%d", name, len(versions)+1), value})
}

// ARN is that of a secret.
func ARN(name string) string {
	return "arn:aws:secretsmanager:us-east-1:123456789012:secret:" + name + "-AbCdEf"
}

// PutParameter makes a parameter, or changes it. The type is String, StringList or SecureString.
func (server *Server) PutParameter(name, kind, value string) {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	server.parameters[name] = parameter{kind, value, server.parameters[name].version + 1}
}

// PutConfiguration makes a configuration, or deploys another version of it.
func (server *Server) PutConfiguration(application, environment, profile, contentType, content string) {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	id := application + "/" + environment + "/" + profile
	server.configurations[id] = configuration{contentType, content, server.configurations[id].version + 1}
}

func (server *Server) routeAWS(mux *http.ServeMux) {
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("X-Amz-Target") {
		case "secretsmanager.GetSecretValue":
			server.aws("secretsmanager", "GetSecretValue", server.GetSecretValue)(w, r)
		case "AmazonSSM.GetParameter":
			server.aws("ssm", "GetParameter", server.getParameter)(w, r)
		default:
			Fault(http.StatusBadRequest, "UnknownOperationException", "")(w, r)
		}
	})
	mux.HandleFunc("POST /configurationsessions", server.aws("appconfig", "StartConfigurationSession", server.startConfigurationSession))
	mux.HandleFunc("GET /configuration", server.aws("appconfig", "GetLatestConfiguration", server.getLatestConfiguration))
}

// GetSecretValue answers well, for a service that is merely slow.
func (server *Server) GetSecretValue(w http.ResponseWriter, r *http.Request) {
	var input struct{ SecretId, VersionStage, VersionId string }
	json.NewDecoder(r.Body).Decode(&input)
	server.mutex.Lock()
	defer server.mutex.Unlock()
	for name, versions := range server.secrets {
		if input.SecretId != name && input.SecretId != ARN(name) {
			continue
		}
		for i, version := range versions {
			stages := []string{}
			switch i {
			case len(versions) - 1:
				stages = []string{"AWSCURRENT"}
			case len(versions) - 2:
				stages = []string{"AWSPREVIOUS"}
			}
			if input.VersionStage == "" && input.VersionId == "" {
				input.VersionStage = "AWSCURRENT"
			}
			if version.id == input.VersionId || input.VersionId == "" && slices.Contains(stages, input.VersionStage) {
				writeJSON(w, http.StatusOK, map[string]any{
					"ARN": ARN(name), "Name": name, "VersionId": version.id, "SecretString": version.value,
					"VersionStages": stages, "CreatedDate": float64(time.Now().UnixMilli()) / 1000,
				})
				return
			}
		}
	}
	Fault(http.StatusBadRequest, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")(w, r)
}

func (server *Server) getParameter(w http.ResponseWriter, r *http.Request) {
	var input struct {
		Name           string
		WithDecryption bool
	}
	json.NewDecoder(r.Body).Decode(&input)
	server.mutex.Lock()
	defer server.mutex.Unlock()
	found, exists := server.parameters[input.Name]
	if !exists {
		Fault(http.StatusBadRequest, "ParameterNotFound", "")(w, r)
		return
	}
	value := found.value
	if found.kind == "SecureString" && !input.WithDecryption {
		value = "ciphertext"
	}
	writeJSON(w, http.StatusOK, map[string]any{"Parameter": map[string]any{
		"Name": input.Name, "Type": found.kind, "Value": value, "Version": found.version, "DataType": "text",
	}})
}

func (server *Server) startConfigurationSession(w http.ResponseWriter, r *http.Request) {
	var input struct{ ApplicationIdentifier, EnvironmentIdentifier, ConfigurationProfileIdentifier string }
	json.NewDecoder(r.Body).Decode(&input)
	server.mutex.Lock()
	defer server.mutex.Unlock()
	id := input.ApplicationIdentifier + "/" + input.EnvironmentIdentifier + "/" + input.ConfigurationProfileIdentifier
	if _, exists := server.configurations[id]; !exists {
		Fault(http.StatusNotFound, "ResourceNotFoundException", "")(w, r)
		return
	}
	writeJSON(w, http.StatusCreated, map[string]string{"InitialConfigurationToken": server.token(id, 0)})
}

func (server *Server) getLatestConfiguration(w http.ResponseWriter, r *http.Request) {
	var id string
	var seen, call int
	token := r.URL.Query().Get("configuration_token")
	fmt.Sscanf(token, "%s %d %d", &id, &seen, &call)
	server.mutex.Lock()
	defer server.mutex.Unlock()
	found := server.configurations[id]
	// A token is for one call.
	if !server.tokens[token] {
		Fault(http.StatusBadRequest, "BadRequestException", "Token not valid")(w, r)
		return
	}
	delete(server.tokens, token)
	w.Header().Set("Next-Poll-Configuration-Token", server.token(id, found.version))
	w.Header().Set("Next-Poll-Interval-In-Seconds", "60")
	w.Header().Set("Content-Type", found.kind)
	if seen != found.version {
		w.Write([]byte(found.content))
	}
}

func (server *Server) token(id string, seen int) string {
	server.issued++
	token := fmt.Sprintf("%s %d %d", id, seen, server.issued)
	server.tokens[token] = true
	return token
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// ForgetTokens ends all sessions of AppConfig.
func (server *Server) ForgetTokens() {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	clear(server.tokens)
}
