// Command wereply runs rule-driven auto-reply bots for WeChat Official
// Accounts and mini programs, and helps the people who write their rules:
//
//	wereply serve mybot
//	wereply check mybot
//	wereply test mybot
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal does not wait
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
}
