package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user has a platform told in words. */
class ExplainPlatformTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"tdx", "tdx-module", "tdx-host"})
    void whatOfTdxIsLeftOutIsTold(String platform) {
        assertThat(Session.in(folder).run("explain", platform).out())
                .contains("left out", "Migration", "TD-preserving update", "TDX Connect", "Dynamic PAMT");
    }
}
