// Echo is the ceiling that the bot is measured against: an echo server that
// reads the body and gives a fixed answer.
package main

import (
	"flag"
	"io"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"
)

const answer = "<xml><ToUserName><![CDATA[oQ7xW5hT0kYdRzB2nVcL9mEaPqSg]]></ToUserName>" +
	"<FromUserName><![CDATA[gh_3f8d2c6ab901]]></FromUserName><CreateTime>1763683300</CreateTime>" +
	"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[全场 9.9 元起]]></Content></xml>"

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	flag.Parse()
	e := echo.New()
	e.HideBanner = true
	e.POST("/weixin", func(c echo.Context) error {
		if _, err := io.ReadAll(c.Request().Body); err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "application/xml; charset=utf-8", []byte(answer))
	})
	if err := e.Start(*listen); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}
