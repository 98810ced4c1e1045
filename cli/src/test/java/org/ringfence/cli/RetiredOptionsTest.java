package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;

/** Whoever names an option of an earlier version is told where to find what it stood for. */
class RetiredOptionsTest {
    private static final Registry REGISTRY = Registry.found();
    private static final Pattern QUOTED = Pattern.compile("'([^']+)'");

    @TempDir
    private Path folder = Path.of("");

    record Retired(Platform platform, String option, String instead) {
        @Override
        public String toString() {
            return platform.name() + " " + option;
        }
    }

    static Stream<Retired> all() {
        return REGISTRY.platforms().stream()
                .flatMap(platform -> platform.retired().entrySet().stream()
                        .map(one -> new Retired(platform, one.getKey(), one.getValue())));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aRetiredOptionIsRefusedWithWhatToDoNow(Retired retired) {
        Session.Ran ran = Session.onPlatforms(folder).having("old", """
                question: Is it told?
                asked: a test
                machine: {pages: 1, frames: 1}
                platforms:
                  %s: {%s: true}
                actors:
                  - {name: guest, principal: guest, script: [choose]}
                expect:
                  - {threat: honest-host, safe: integrity}
                """.formatted(retired.platform.name(), retired.option)).run("check");

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("old.yaml:5:",
                ": platform %s: there is no option '%s' any more, leave it out: %s"
                        .formatted(retired.platform.name(), retired.option, retired.instead));
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatItIsToldExists(Retired retired) {
        assertThat(optionNames(retired.platform.options())).doesNotContain(retired.option);
        List<String> named = QUOTED.matcher(retired.instead).results().map(MatchResult::group)
                .map(quoted -> quoted.substring(1, quoted.length() - 1))
                .toList();
        Stream<String> routines = REGISTRY.routines().stream().map(Registry.Entry::name);
        Stream<String> options =
                REGISTRY.routines().stream().flatMap(entry -> optionNames(entry.prototype()).stream());
        List<String> known = Stream.concat(routines, options).toList();
        assertThat(named).allSatisfy(name -> assertThat(known).contains(name.split(":", 2)[0]));
    }

    private static List<String> optionNames(Record options) {
        return Options.of(options).stream().map(Options.Option::name).toList();
    }
}
