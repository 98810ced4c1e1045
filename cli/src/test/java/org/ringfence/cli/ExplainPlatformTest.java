package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/** A user has a platform told in words. */
class ExplainPlatformTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "tdx-module", "tdx-host"})
    void whatOfTdxIsLeftOutIsTold(String platform) {
        Session session = new Session(folder, Registry::found, Map.of(), false, new Interrupt());
        assertThat(session.run("explain", platform).out())
                .contains("left out", "Migration", "TD-preserving update", "TDX Connect", "Dynamic PAMT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"snp", "sev"})
    void whatOfSevIsLeftOutIsTold(String platform) {
        Session session = new Session(folder, Registry::found, Map.of(), false, new Interrupt());
        assertThat(session.run("explain", platform).out())
                .contains("left out", "Migration", "INIT_EX (0xD)", "Steps of a firmware command");
    }
}
