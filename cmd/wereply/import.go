package main

import "github.com/spf13/cobra"

func (c *cli) importCommand() *cobra.Command { return &cobra.Command{Use: "import FILE"} }
