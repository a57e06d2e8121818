//go:build cgo

package vips

import (
	"os"
	"testing"
	"fmt"
)

func TestZZ(t *testing.T) {
	os.MkdirAll("/tmp/look", 0o755)
	root := "/work/main/testdata/photos/"
	for i, c := range [][2]string{
		{root + "coffee.png", "rotate=30&wid=400&fmt=png-alpha"},
		{root + "coffee.png", "rotate=30&wid=300&hei=300&fit=stretch&bgc=255,200,0&fmt=jpeg"},
		{root + "lamp.jpg", "wid=500&hei=300&fit=crop&op_sharpen=1&fmt=jpeg"},
		{root + "dogs.jpg", "wid=400&hei=400&bgc=0,80,0&rotate=90&flip=lr&fmt=webp"},
		{root + "cat.png", "crop=-50,-50,600,500&wid=400&fmt=jpeg&bgc=200,0,200"},
		{root + "galaxies.jpg", "rgn=700,600,500,500&wid=300&fmt=png"},
		{"/work/main/testdata/made/rgba.png", "rotate=20&scl=0.5&bgc=255,255,0&fmt=jpeg"},
		{root + "camera.png", "rotate=-10&wid=300&fmt=jpeg"},
		{root + "fig.jpg", "wid=400&resMode=bisharp&fmt=tif,cmyk"},
		{root + "cat.png", "wid=900&fit=fit,1&fmt=jpeg"},
	} {
		m := open(t, c[0])
		r := reply(t, m.Header(), c[1])
		if err := m.Shrink(t.Context(), Shrink(m.Header(), []Reply{r})); err != nil { t.Fatal(err) }
		p, err := try(t, m, r)
		if err != nil { t.Fatal(c, err) }
		b, _ := os.ReadFile(p.path)
		os.WriteFile(fmt.Sprintf("/tmp/look/%d.%s", i, p.as.Ext), b, 0o644)
	}
}
