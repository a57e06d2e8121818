# exportd's tasks. `make run` and `make test` set up a fresh Debian or Ubuntu
# machine by themselves; everything else assumes that one of them has run.

GO          ?= go
GOLANGCI    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0
# Wildcards leave testdata out.
PACKAGES    := ./... ./testdata/bench
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS     := -X main.version=$(VERSION)

.PHONY: run test build build-nocgo lint vet unit fuzz golden bench bench-go bench-peers proto setup setup-test clean

run: build ## exports the demo job and shows what came out
	bin/exportd run testdata/jobs/demo.toml -c testdata/exportd.toml -o out --fresh

test: setup setup-test vet lint build-nocgo unit ## everything CI checks

build: setup
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/exportd ./cmd/exportd

build-nocgo: ## lint, compile and version work without a C compiler
	CGO_ENABLED=0 $(GO) build -o bin/exportd-nocgo ./cmd/exportd

vet:
	$(GO) vet $(PACKAGES)

lint:
	$(GO) run $(GOLANGCI) run $(PACKAGES)

unit:
	$(GO) test -race -timeout 25m $(PACKAGES)

FUZZTIME ?= 30s
fuzz: ## every fuzz target for FUZZTIME
	@set -e; $(GO) list ./... | while read -r p; do \
	  $(GO) test -list '^Fuzz' $$p | grep '^Fuzz' | while read -r f; do \
	    echo "== $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; done; done

golden: ## rewrites golden files: look at the difference before you commit it
	$(GO) test ./... -update

bench: bench-go bench-peers ## measures everything that is measured

bench-go: ## the program's own costs, in parts
	$(GO) test -run '^$$' -bench . -benchmem ./...

ROUNDS ?= 5
bench-peers: build ## against C on libvips and other programs; WORKLOADS='W1 W2' takes some, UPDATE=1 writes the README's tables
	@sh .ci/setup-bench
	$(GO) run ./testdata/bench -exportd bin/exportd -rounds $(ROUNDS) $(if $(UPDATE),-update testdata/bench/README.md) $(WORKLOADS)

proto: ## writes plugins/pluginpb from plugins/proto
	plugins/proto/generate

setup:
	@sh .ci/setup

setup-test: setup
	@sh .ci/setup-test

clean:
	rm -rf bin out
