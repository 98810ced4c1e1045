package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TeamTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyMemberDoesEachTaskOnceBeforeTheNextBegins(int members) {
        AtomicIntegerArray done = new AtomicIntegerArray(members);
        try (Team team = new Team(members)) {
            assertThat(team.members()).isEqualTo(members);
            for (int task = 1; task <= 2_000; task++) {
                team.perform(done::incrementAndGet);
                for (int member = 0; member < members; member++) {
                    assertThat(done.get(member)).isEqualTo(task);
                }
            }
        }
    }

    @Test
    void whoSleepsIsWoken() {
        AtomicIntegerArray done = new AtomicIntegerArray(3);
        try (Team team = new Team(3)) {
            for (int task = 0; task < 5; task++) {
                LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
                team.perform(member -> {
                    if (member != 0) {
                        LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
                    }
                    done.incrementAndGet(member);
                });
            }
        }
        assertThat(done.toString()).isEqualTo("[5, 5, 5]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatAMemberThrowsReachesTheCallerOnceAllAreDone(int thrower) {
        AtomicIntegerArray done = new AtomicIntegerArray(3);
        try (Team team = new Team(3)) {
            assertThatThrownBy(() -> team.perform(member -> {
                done.incrementAndGet(member);
                if (member == thrower) {
                    throw new IllegalStateException("member " + member);
                }
            }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("member " + thrower);
            assertThat(done.toString()).isEqualTo("[1, 1, 1]");
            team.perform(done::incrementAndGet);
            assertThat(done.toString()).as("it works on").isEqualTo("[2, 2, 2]");
        }
    }

    @Test
    void anInterruptedCallerStillWaitsForAllAndStaysInterrupted() {
        AtomicIntegerArray done = new AtomicIntegerArray(2);
        try (Team team = new Team(2)) {
            Thread.currentThread().interrupt();
            team.perform(member -> {
                if (member == 1) {
                    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                }
                done.incrementAndGet(member);
            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(done.toString()).isEqualTo("[1, 1]");
        }
    }

    @Test
    void closingEndsTheThreads() throws InterruptedException {
        Thread[] others = new Thread[3];
        try (Team team = new Team(3)) {
            team.perform(member -> others[member] = Thread.currentThread());
        }
        for (int member = 1; member < 3; member++) {
            others[member].join(Duration.ofSeconds(30));
            assertThat(others[member].isAlive()).isFalse();
        }
    }
}
