# Behind a slow line to Docker Hub or the Go module proxy, name mirrors:
#   docker build --build-arg GO_IMAGE=mirror.example.com/golang:1.26-bookworm \
#                --build-arg GOPROXY=https://mirror.example.com/goproxy,direct -t wereply .
ARG GO_IMAGE=golang:1.26-bookworm

FROM ${GO_IMAGE} AS build
ARG GOPROXY
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION
# timetzdata puts the time zones into the binary.
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags "-s -w -X main.release=${VERSION}" -o /wereply ./cmd/wereply

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /wereply /wereply
USER 65532:65532
# The bot's folder is mounted here; every command takes it for its DIR.
WORKDIR /bot
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s --retries=3 CMD ["/wereply", "healthcheck"]
ENTRYPOINT ["/wereply"]
CMD ["serve"]
