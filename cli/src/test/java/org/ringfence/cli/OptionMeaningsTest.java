package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.platform.tdx.host.TdxHostOptions;

/** Each option says what it means. */
class OptionMeaningsTest {
    @Test
    void eachOptionHasAMeaning() {
        List<String> without = new ArrayList<>();
        List<String> outOfForm = new ArrayList<>();
        Registry registry = Registry.found();
        for (Platform platform : registry.platforms()) {
            look(platform.name(), platform.options(), without, outOfForm);
        }
        for (Registry.Entry routine : registry.routines()) {
            look(routine.name(), routine.prototype(), without, outOfForm);
        }
        look("bring-up", TdxHostOptions.linux(), without, outOfForm);
        assertThat(without).isEmpty();
        assertThat(outOfForm).isEmpty();
    }

    @Test
    void listNamesRoutinesAndExplainTellsOneWithItsOptions(@TempDir Path folder) {
        Session session = Session.onPlatforms(folder);
        Session.Ran listed = session.run("list", "--routines");
        assertThat(listed.exit()).isZero();
        assertThat(listed.out().lines()).anyMatch(line -> line.startsWith("linux-accept "));
        Session.Ran explained = session.run("explain", "linux-accept");
        assertThat(explained.exit()).isZero();
        assertThat(explained.out().lines())
                .containsSubsequence(
                        "linux-accept",
                        "options",
                        "  unit: a whole number; by default 1",
                        "    4K pages of a unit");
        assertThat(session.run("explain", "linux-hand-on").out().lines())
                .containsSubsequence(
                        "  stage: decompressor, kexec; by default kexec",
                        "      kexec: A kernel, and the one that it starts by kexec.");
        Session.Ran beside = session.run("list", "--routines", "tdx/one");
        assertThat(beside.exit()).isEqualTo(2);
        assertThat(beside.err()).contains("no case can be named beside it");
    }

    @Test
    void anUnknownNameIsToldWhatElseCanBeExplained(@TempDir Path folder) {
        Session.Ran explained = Session.in(folder).run("explain", "nothing");
        assertThat(explained.exit()).isEqualTo(2);
        assertThat(explained.err().lines()).singleElement().asString()
                .contains("there is no such case or file")
                .contains("list --routines")
                .contains("malicious-device");
    }

    private static void look(String owner, Record prototype, List<String> without, List<String> outOfForm) {
        for (Options.Option option : Options.of(prototype)) {
            String meaning = option.meaning();
            if (meaning.isBlank()) {
                without.add(owner + ": " + option.name());
            } else if (meaning.endsWith(".") || meaning.contains("{@") || !meaning.equals(meaning.strip())) {
                outOfForm.add(owner + ": " + option.name() + ": " + meaning);
            }
        }
    }
}
