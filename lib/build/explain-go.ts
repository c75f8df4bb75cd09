import type { KnownFailure } from './compiler';

/** What Go says, and what that means to a user; the first that fits counts. */
export const GO_FAILURES: readonly KnownFailure[] = [
  {
    sign: /requires go >= \d/,
    fault: {
      what: 'the Go module asks for a newer Go',
      allowed: 'a Go that is as new as go.mod and the modules that it requires ask for',
      fix: 'install it, or name a version in go.mod, such as `toolchain go1.27.0`: then that one is fetched',
    },
  },
  {
    sign: /SECURITY ERROR|checksum mismatch/,
    fault: {
      what: 'a Go module is not the one that go.sum pins',
      allowed: 'what go.sum pins, from the proxy that GOPROXY names',
      fix: 'find out why its source has other bytes under this version before you trust them',
    },
  },
  {
    sign: /inconsistent vendoring/,
    fault: { what: 'the vendor folder is not what go.mod says', allowed: 'a vendor folder as `go mod vendor` leaves it', fix: 'run `go mod vendor`' },
  },
  {
    sign: /missing go\.sum entry|updates to go\.(?:mod|sum) needed|no required module provides package|to add it:\s+go get/,
    fault: {
      what: 'go.mod or go.sum lacks what the Go module imports',
      allowed: 'a go.mod and a go.sum that are complete: builds add nothing to them',
      fix: 'run `go mod tidy`, and commit both files',
    },
  },
  {
    sign: /refusing to pass credentials|dial tcp|i\/o timeout|tls:|reading \S+: \d{3} |unrecognized import path|module lookup disabled/,
    fault: {
      what: 'Go modules cannot be fetched',
      allowed: 'a proxy or repository that has them, as GOPROXY and GOPRIVATE say',
      fix: 'look at these settings, the network and the credentials; with a vendor folder nothing is fetched',
    },
  },
  {
    sign: /directory not found|is not in std|outside (?:main|modules)|no Go files in|cannot find package|does not contain package/,
    fault: {
      what: 'the Go package is not there',
      allowed: 'a folder of the module with a package main',
      fix: 'correct `goPackage`, which is relative to the folder with go.mod',
    },
  },
];
