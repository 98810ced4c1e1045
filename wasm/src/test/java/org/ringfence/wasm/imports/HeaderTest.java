package org.ringfence.wasm.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Value;
import org.ringfence.stack.guest.svsm.CallOperation;

/** {@code ringfence.h} declares what modules can import, and nothing else; the guide lists it. */
class HeaderTest {
    private static final Pattern DECLARED = Pattern.compile(
            "RINGFENCE_IMPORT\\(\"([\\w-]+)\", \"(\\w+)\"\\)\\s+(?:_Noreturn )?([\\w ]+?)\\s*ringfence_\\w+\\(([^)]*)\\);");

    private static String header() throws IOException {
        return Files.readString(Path.of("include", "ringfence.h"));
    }

    @Test
    void declaresEveryImportWithItsType() throws IOException {
        List<String> declared = new ArrayList<>();
        Matcher matcher = DECLARED.matcher(header());
        while (matcher.find()) {
            List<Signature.Type> parameters = new ArrayList<>();
            for (String parameter : matcher.group(4).split(",", -1)) {
                if (parameter.equals("void")) {
                    continue;
                }
                parameters.add(type(parameter.strip()));
            }
            String result = matcher.group(3).strip();
            declared.add("%s.%s%s".formatted(
                    matcher.group(1),
                    matcher.group(2),
                    new Signature(parameters, result.equals("void") ? null : type(result))));
        }
        List<String> provided = Libraries.written().stream()
                .flatMap(library -> library.imports().stream()
                        .map(one -> "%s.%s%s".formatted(library.name(), one.name(), one.signature())))
                .toList();
        assertThat(declared).containsExactlyInAnyOrderElementsOf(provided);
    }

    private static Signature.Type type(String c) {
        return c.startsWith("ringfence_u64") ? Signature.Type.I64 : Signature.Type.I32;
    }

    @Test
    void numbersValuesAsTheMachineDoes() throws IOException {
        String header = header();
        int last = -1;
        for (Value value : Value.values()) {
            int at = header.indexOf("RINGFENCE_" + value.name().toUpperCase(Locale.ROOT));
            assertThat(at).as("%s", value).isGreaterThan(last);
            last = at;
        }
        assertThat(header).contains("RINGFENCE_LOADED_JUNK = %d,".formatted(Loaded.JUNK.ordinal()));
        assertThat(header).contains("_VIRTUALIZATION_EXCEPTION = %d,".formatted(
                Loaded.VIRTUALIZATION_EXCEPTION.ordinal()));
        assertThat(header).contains("RINGFENCE_SVSM_NOT_VALIDATED 0x%XULL".formatted(CallOperation.NOT_VALIDATED));
    }

    @Test
    void theGuideNamesEveryImport() throws IOException {
        String guide = Files.readString(Path.of("..", "docs", "real-code.md"));
        for (Library library : Libraries.written()) {
            for (Import one : library.imports()) {
                assertThat(guide).contains("`" + one.name() + "`");
            }
        }
    }
}
