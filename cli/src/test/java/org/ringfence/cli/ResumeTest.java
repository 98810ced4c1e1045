package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches that are kept in a folder, and go on. */
class ResumeTest {
    private static final String ROW =
            "  - {threat: malicious-host, platform: desk, property: freshness, verdict: violated}\n";
    private static final String GOOD = Session.resource("good.yaml");
    private static final String LARGE = GOOD
            .replace("expect:\n" + ROW, "expect: [{threat: malicious-host, safe: integrity}]\n")
            .replace("locked: false", "dials: 4");

    @TempDir
    private Path folder = Path.of("");

    private Session session(String text) {
        return Session.in(folder).having("toys/letter", text);
    }

    private static String evidence(Session.Ran ran) {
        return ran.out().lines().filter(line -> line.contains("transitions")).findFirst().orElse(ran.out() + ran.err());
    }

    @Test
    void aSearchThatMetALimitGoesOnWithoutBeingToldWhatItWasAndEndsAsOneWithoutALimit() {
        Session.Ran whole = session(LARGE).run("check", "toys/letter");
        Session.Ran limited = session(LARGE).run("check", "--checkpoint", "kept", "toys/letter", "--states", "20");
        assertThat(limited.exit()).isEqualTo(ExitStatus.INCONCLUSIVE);
        Session.Ran resumed = session(LARGE).run("check", "--resume", "kept", "--states", "1000000");
        assertThat(resumed.exit()).as(resumed.out() + resumed.err()).isEqualTo(whole.exit());
        assertThat(evidence(resumed)).isEqualTo(evidence(whole)).contains("transitions");
    }

    @Test
    void whatDoesNotGoTogetherIsToldInASentence() throws Exception {
        assertThat(session(GOOD).run("check", "--checkpoint", "kept", "toys/letter").exit()).isEqualTo(ExitStatus.MET);
        assertThat(session(GOOD).run("check", "--checkpoint", "kept", "toys/letter").err())
                .contains("kept/toys_letter/desk/malicious-host holds a search already; --resume goes on with it");
        assertThat(session(GOOD).run("check", "--checkpoint", "kept", "--resume", "kept").err())
                .contains("allowed is one of them");
        Session.Ran nothing = session(GOOD).run("check", "--resume", "elsewhere");
        assertThat(nothing.exit()).isEqualTo(ExitStatus.BAD_INPUT);
        assertThat(nothing.err()).contains("elsewhere: no searches are kept there");
        Path what = folder.resolve("kept/toys_letter/desk/malicious-host/search");
        List<String> lines = Files.readAllLines(what);
        for (int i = 0; i < lines.size(); i++) {
            List<String> other = new ArrayList<>(lines);
            other.set(i, other.get(i) + " of another kind");
            Files.write(what, other);
            Session.Ran refused = session(GOOD).run("check", "--resume", "kept");
            assertThat(refused.exit()).isEqualTo(ExitStatus.BAD_INPUT);
            assertThat(refused.err()).contains("holds another search: it has " + other.get(i));
        }
    }
}
