package org.ringfence.cli.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ringfence.checker.check.Options;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.platform.tdx.host.TdxHostOptions;

/** What a host does where people disagree, as a command line says it: {@code flush=false}. */
public final class OptionTexts {
    private OptionTexts() {}

    /**
     * Reads them; what none of them names is as Linux does it.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static TdxHostOptions read(List<String> texts) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "--set is %s; allowed is NAME=VALUE, with a name out of %s".formatted(Quoted.of(text),
                                names()));
            }
            String name = text.substring(0, equals);
            if (given.put(name, value(text.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("--set gives %s twice; allowed is once".formatted(Quoted.of(name)));
            }
        }
        try {
            return Options.with(TdxHostOptions.linux(), given);
        } catch (Options.BadOption bad) {
            throw new IllegalArgumentException("--set: " + bad.sentence(), bad);
        }
    }

    private static Object value(String text) {
        return text.equals("true") || text.equals("false") ? (Object) Boolean.valueOf(text) : text;
    }

    private static String names() {
        return Options.of(TdxHostOptions.linux()).stream().map(Options.Option::name).collect(Collectors.joining(", "));
    }
}
