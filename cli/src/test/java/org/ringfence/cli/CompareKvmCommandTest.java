package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compare-kvm}: on a machine with KVM it compares, on any other it says why not. */
class CompareKvmCommandTest {
    private final Session session = Session.in(Path.of("").toAbsolutePath());

    @Test
    void theModelAnswersAsThisMachinesKernelOrThereIsNoneToAsk() {
        Session.Ran ran = session.run("compare-kvm", "--sequences", "500", "--seconds", "120");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).matches("(?s)skipped: .*|KVM of Linux .*500 sequences, .*: no difference.*");
    }

    @Test
    void aMachineWithoutTheDeviceIsSkippedInOneLine() {
        Session.Ran ran = session.run("compare-kvm", "--device", "/no/such/kvm");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).matches("skipped: [^\\n]*\\n");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void aFileThatIsNoKvmIsSkipped(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("kvm"));
        Session.Ran ran = session.run("compare-kvm", "--device", file.toString());
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).matches("skipped: [^\\n]*\\n");
    }

    @Test
    void aDeviceThatMayNotBeOpenedIsToldInOneSentence(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("kvm"));
        assumeTrue(file.toFile().setReadable(false) && file.toFile().setWritable(false) && !Files.isReadable(file));
        Session.Ran ran = session.run("compare-kvm", "--device", file.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .matches("compare-kvm: [^\\n]* may not be opened for reading and writing \\(EACCES\\)[^\\n]*\\n");
    }

    @Test
    void whatCountsIsPositive() {
        Session.Ran ran = session.run("compare-kvm", "--sequences", "0");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("--sequences is 0; allowed is a whole number from 1");
    }
}
