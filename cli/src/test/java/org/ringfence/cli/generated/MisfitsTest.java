package org.ringfence.cli.generated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.Line;

/** What drawn cases once ended as a defect with is a sentence with its place. */
class MisfitsTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    2|8|tdx: {}|guest|script: [await L2 vcpu=1]|honest-host|6:45|vCPU is 1; allowed is 0 only
                    2|8|tdx: {}|guest|script: [IPI vcpu=1]|honest-host|6:45|vCPU is 1; allowed is 0 only
                    4|2|'snp: {firmware: running}'|guest|routine: keep-secrets|honest-host|4:13|a firmware that runs needs 2 pages and 4 frames; the machine has 4 and 2
                    2|8|cca: {}|guest|routine: keep-in-realm|honest-host|7:44|second, software of the l2, runs on no REC of the realm
                    2|8|'sev: {firmware: true}'|host|'script: [load as a guest handle=0 frame=1]'|honest-host|6:44|handle of a guest of the host's own is 0; allowed is 2 only
                    """)
    void itIsToldWhatDoesNotFit(
            int pages, int frames, String platforms, String principal, String software, String threat, String at,
            String sentence) throws IOException {
        Files.writeString(folder.resolve("misfit.yaml"), """
                question: q
                asked: a
                machine: {pages: %d, frames: %d, small-pages-per-large: 2}
                platforms: {%s}
                actors:
                  - {name: first, principal: %s, %s}
                  - {name: second, principal: l2, routine: svsm-scrub}
                expect:
                  - {threat: %s, safe: [availability]}
                """.formatted(pages, frames, platforms, principal, software, threat));
        Line.Ended ended = Line.in(folder, Registry.found()).run("check", "misfit.yaml");
        assertThat(ended.err()).startsWith("misfit.yaml:").contains(sentence);
        assertThat(ended.err()).contains("misfit.yaml:" + at + ":");
        assertThat(ended.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    cca: {}|await REC exit vcpus=2|number of RECs that are waited for is 2; allowed is 0 to 1
                    cca: {}|backing granule of=rec gpa=0x1000 frames=8|REC is 4096; allowed is 0 only
                    cca: {}|backing granule of=private gpa=0x0 frames=2|the machine has 8 frames, not 2
                    sev: {firmware: true}|load as a guest handle=0 frame=1|handle of a guest of the host's own is 0; allowed is 2 only
                    native: {}|reach principal=vmm index=1 write=true|reach is of the host or of the l2, not of the vmm
                    tdx-host: {}|cpu online cpu=9|logical CPU is 9; allowed is 0 only
                    tdx-host: {}|take online cpu=9 online=false|logical CPU is 9; allowed is 0 only
                    tdx-host: {}|host load hpa=0x7000000000000|no frame of the machine is at 0x7000000000000
                    sw-protected: {}|KVM_RUN vcpu=0 answer=no|answer is 'no'; allowed is ok, einval, eperm, enosys, anything
                    sw-protected: {}|KVM_RUN vcpu=-1 answer=ok|vCPU -1
                    tdx-host: {entropy: true}|entropy number=1 available=false|package is 1; allowed is 0 only
                    """)
    void anOperationNamesWhatThereIs(String platform, String step, String sentence) throws IOException {
        Files.writeString(folder.resolve("alone.yaml"), """
                question: q
                asked: a
                machine: {pages: 2, frames: 8}
                platforms: {%s}
                actors: [{name: a, principal: host, script: ["%s"]}]
                expect:
                  - {threat: honest-host, safe: [integrity]}
                """.formatted(platform, step));
        Line.Ended ended = Line.in(folder, Registry.found()).run("check", "alone.yaml");
        assertThat(ended.err()).startsWith("alone.yaml:5:").contains(sentence);
        assertThat(ended.exit()).isEqualTo(2);
    }

    /** Its first operation is anyone's; which part it lacks shows as the search meets what it asks for then. */
    @Test
    void softwareThatLacksAPartLaterIsToldWhereThatPartIs() throws IOException {
        Files.writeString(folder.resolve("late.yaml"), """
                question: q
                asked: a
                machine: {pages: 2, frames: 16}
                platforms: {tdx-module: {}}
                actors: [{name: a, principal: guest, routine: keep-in-realm}]
                expect:
                  - {threat: honest-host, safe: [clean-accept]}
                """);
        Line.Ended ended = Line.in(folder, Registry.found()).run("check", "late.yaml");
        assertThat(ended.err()).startsWith("late.yaml:5:").endsWith(
                "the machine has no Cca; it runs on cca, so say that in the actor's 'platforms'\n");
        assertThat(ended.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    tdx: {integrity: li, caches: true}|guest, routine: mapgpa-roundtrip|host, routine: memfd-tdx-host|0
                    snp: {caches: incoherent}|guest, routine: share-and-take-back|host, routine: memfd-host|2
                    snp: {caches: coherent-on-loads}|guest, routine: linux-convert|host, routine: snp-host|2
                    snp: {caches: coherent}|guest, routine: linux-convert|host, routine: snp-host|0
                    """)
    void softwareWithoutFlushesIsNoSoftwareForCaches(String platform, String guest, String host, int exit)
            throws IOException {
        Files.writeString(folder.resolve("caches.yaml"), """
                question: q
                asked: a
                machine: {pages: 1, frames: 3}
                platforms: {%s}
                actors: [{name: g, principal: %s}, {name: h, principal: %s}]
                expect:
                  - {threat: honest-host, safe: [integrity]}
                """.formatted(platform, guest.replace("linux-convert", "linux-convert, options: {on: snp}"), host));
        Line.Ended ended = Line.in(folder, Registry.found()).run("check", "caches.yaml");
        assertThat(ended.exit()).as(ended.err()).isEqualTo(exit);
        if (exit == 2) {
            assertThat(ended.err()).startsWith("caches.yaml:4:").contains("software that makes no cache flushes");
        }
    }

    @Test
    void aMisfitOnOnePlatformIsToldBeforeAnotherIsSearched() throws IOException {
        Files.writeString(folder.resolve("two.yaml"), """
                question: q
                asked: a
                machine: {pages: 2, frames: 8}
                platforms: {snp: {}, cca: {}}
                actors: [{name: a, principal: host, script: ["await REC exit vcpus=2"], platforms: cca}]
                expect:
                  - {threat: honest-host, safe: [integrity]}
                """);
        Line.Ended ended = Line.in(folder, Registry.found()).run("check", "two.yaml", "--format", "json");
        assertThat(ended.err()).startsWith("two.yaml:5:").contains("number of RECs that are waited for is 2")
                .hasLineCount(1);
        assertThat(ended.out()).doesNotContain("\"states\"");
        assertThat(ended.exit()).isEqualTo(2);
    }

    @Test
    void aCallThatEndsInAMachineCheckHasATrace() throws IOException {
        Files.writeString(folder.resolve("poison.yaml"), """
                question: q
                asked: a
                machine: {pages: 1, frames: 2}
                platforms: {tdx-host: {stores: cached-with-tdmr-init}}
                actors: [{name: a, principal: host, script: [unmap shared td=1 gpa=0x1000], platforms: tdx-host}]
                expect:
                  - {threat: malicious-host, violated: [host-safety]}
                """);
        Line.Ended ended = Line.in(folder, Registry.found()).run("check", "poison.yaml", "--trace");
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("TDH.MNG.CREATE", "TDX module disabled: no -> yes");
    }
}
