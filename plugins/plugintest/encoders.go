package plugintest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// exampleOf gives the first example of an encoder's params, "{}" where it has none.
func exampleOf(e *pluginpb.EncoderInfo) string {
	if all := examples(e.GetParamsSchema()); len(all) > 0 {
		return all[0]
	}
	return "{}"
}

// examples are the complete params that a schema gives.
func examples(schema string) []string {
	var doc struct {
		Examples []json.RawMessage `json:"examples"`
	}
	if json.Unmarshal([]byte(schema), &doc) != nil {
		return nil
	}
	var all []string
	for _, one := range doc.Examples {
		all = append(all, string(one))
	}
	return all
}

// each runs f for every encoder, with one process.
func (k *kit) each(ctx context.Context, f func(*process, *pluginpb.EncoderInfo) error) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	for _, e := range k.card.GetEncoders() {
		if err := f(p, e); err != nil {
			return &broken{what: "encoder " + e.GetName() + ": " + err.Error(), mend: mendOf(err)}
		}
	}
	return nil
}

func takesExamples(ctx context.Context, k *kit) error {
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		if e.GetParamsSchema() == "" {
			return nil
		}
		schema, err := host.NewSchema(e.GetParamsSchema())
		if err != nil {
			return breaks("write the schema as JSON Schema draft-07, without references to other files", "its params_schema: %v", err)
		}
		all := examples(e.GetParamsSchema())
		if len(all) == 0 {
			return breaks(`add "examples" at the top of the schema: complete params that work`, "its params_schema has no examples")
		}
		for _, one := range all {
			if wrong := schema.Check(one); len(wrong) > 0 {
				return breaks("mend the example or the schema", "its own example %s does not fit its schema: %s %s", one, wrong[0].GetPath(), wrong[0].GetMessage())
			}
			r, err := p.plugin.Validate(ctx, &pluginpb.ValidateRequest{Encoder: e.GetName(), ParamsJson: one})
			if err != nil {
				return breaks("serve PluginService.Validate", "Validate failed: %s", oneLine(err))
			}
			if len(r.GetProblems()) > 0 {
				return breaks("mend the example or Validate", "Validate has something against its example %s: %s", one, r.GetProblems()[0].GetMessage())
			}
		}
		return nil
	})
}

func refusesParams(ctx context.Context, k *kit) error {
	const unknown = "no-such-param"
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		var params map[string]any
		if err := json.Unmarshal([]byte(exampleOf(e)), &params); err != nil {
			return err
		}
		params[unknown] = 1
		text, err := json.Marshal(params)
		if err != nil {
			return err
		}
		_, err = p.encode(ctx, call{encoder: e.GetName(), picture: usual(e, 8), params: string(text)})
		var r *refusal
		switch {
		case err == nil:
			return breaks("refuse params that you do not know", "it takes the param %q without a word", unknown)
		case !errors.As(err, &r) || r.failure.GetCode() != pluginpb.FailureCode_FAILURE_CODE_PARAM || !strings.Contains(r.message+r.failure.GetParamPath(), unknown):
			return breaks("fail with FAILURE_CODE_PARAM in the trailer, param_path \"/"+unknown+"\"", "an unknown param is refused, but not by its name: %v", err)
		}
		return p.goesOn(ctx, e)
	})
}

func refusesEncoder(ctx context.Context, k *kit) error {
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		_, err := p.encode(ctx, call{encoder: "no-such-encoder", picture: usual(e, 8)})
		if err == nil {
			return breaks("look at EncodeOpen.encoder", "it encodes for an encoder that it does not have")
		}
		return p.goesOn(ctx, e)
	})
}

func takesPictures(ctx context.Context, k *kit) error {
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		for _, s := range shapes(e) {
			pic := s.make()
			if _, err := p.encode(ctx, call{encoder: e.GetName(), picture: pic, params: exampleOf(e), files: k.card.GetCapabilities().GetFileHandoff()}); err != nil {
				return breaks("mend the encoder, or declare less", "a picture that it declares (%s) fails: %v", describeShape(pic), err)
			}
		}
		return nil
	})
}

func takesBoth(ctx context.Context, k *kit) error {
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		c := call{encoder: e.GetName(), picture: usual(e, 700), params: exampleOf(e)} // some strips
		strips, err := p.encode(ctx, c)
		if err != nil {
			return breaks("read strips where open names no file", "as strips: %v", err)
		}
		if !k.card.GetCapabilities().GetFileHandoff() {
			return nil
		}
		c.files = true
		files, err := p.encode(ctx, c)
		if err != nil {
			return breaks("map the file that open names, or do not declare file_handoff", "by file: %v", err)
		}
		if k.card.GetCapabilities().GetDeterministic() && !bytes.Equal(strips, files) {
			return breaks("look at stride and the order of rows", "the same picture gives %d bytes as strips and other %d bytes by file", len(strips), len(files))
		}
		return nil
	})
}

func repeats(ctx context.Context, k *kit) error {
	first := map[string][]byte{}
	for range 2 {
		err := k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
			for range 2 {
				data, err := p.encode(ctx, call{encoder: e.GetName(), picture: usual(e, 50), params: exampleOf(e)})
				if err != nil {
					return err
				}
				if before, ok := first[e.GetName()]; ok && !bytes.Equal(before, data) {
					return breaks("write no times, no ids and nothing by chance, or do not declare deterministic", "the same call gives other bytes")
				}
				first[e.GetName()] = data
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func parallel(ctx context.Context, k *kit) error {
	const at = 4
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		calls, alone := make([]call, at), make([][]byte, at)
		for i := range at {
			var err error
			calls[i] = call{encoder: e.GetName(), picture: usual(e, 100+37*i), params: exampleOf(e)}
			if alone[i], err = p.encode(ctx, calls[i]); err != nil {
				return err
			}
		}
		var group errgroup.Group
		for i := range at {
			group.Go(func() error {
				data, err := p.encode(ctx, calls[i])
				if err != nil {
					return breaks("share nothing between calls, or do not declare concurrent", "with %d calls at once one fails: %v", at, err)
				}
				if len(data) != len(alone[i]) {
					return breaks("share nothing between calls, or do not declare concurrent", "with %d calls at once a result has %d bytes, alone it has %d", at, len(data), len(alone[i]))
				}
				return nil
			})
		}
		return group.Wait()
	})
}

func survivesStop(ctx context.Context, k *kit) error {
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		pic := usual(e, 64)
		if pic.header.GetHeight() < 2 {
			return nil
		}
		start := time.Now()
		_, err := p.encode(ctx, call{encoder: e.GetName(), picture: pic, params: exampleOf(e), rows: int(pic.header.GetHeight()) / 2})
		switch {
		case err == nil:
			return breaks("compare the rows that came with the height of the picture", "half a picture gives a result")
		case time.Since(start) > callTime/2:
			return breaks("the end of the stream is the end of the rows", "it waits for rows after the host has closed the stream")
		}
		return p.goesOn(ctx, e)
	})
}

func refusesPaths(ctx context.Context, k *kit) error {
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		pic := usual(e, 16)
		if err := os.WriteFile(filepath.Join(p.folder, "outside"), pic.pixels, 0o600); err != nil {
			return err
		}
		for _, name := range []string{"../outside", filepath.Join(p.folder, "outside"), "..", ""} {
			c := call{encoder: e.GetName(), picture: pic, params: exampleOf(e), files: true, pixels: name}
			if name == "" {
				c.pixels = "."
			}
			if _, err := p.encode(ctx, c); err == nil {
				return breaks("take base names only: no slash, not . nor ..", "it reads the file %q", name)
			}
		}
		return p.goesOn(ctx, e)
	})
}
