package org.ringfence.platform.tdx;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Principal;

/** Each actor of the host's is a logical processor of the module's. */
class LogicalProcessorsTest {
    private static List<Actor> hosts(int count) {
        return IntStream.range(0, count).mapToObj(index -> new Actor(index, Principal.HOST, "cpu" + index)).toList();
    }

    @Test
    void anActorBeyondThePackagesIsNoLogicalProcessorAndNotTheFirst() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TdxModulePlatform.requireProcessors(hosts(2), 1))
                .withMessage(
                        "cpu1 would be logical processor 1; the machine has 1, one a package; write 'packages: 2'");
    }

    @Test
    void asManyActorsAsPackagesAreTaken() {
        assertThatCode(() -> TdxModulePlatform.requireProcessors(hosts(2), 2)).doesNotThrowAnyException();
    }
}
