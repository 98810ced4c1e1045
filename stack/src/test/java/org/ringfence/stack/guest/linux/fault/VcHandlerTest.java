package org.ringfence.stack.guest.linux.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VcHandlerTest {
    @ParameterizedTest
    @CsvSource({
        "0x404, USER, SIGBUS", "0x404, KERNEL, TERMINATE", "0x404, EARLY_BOOT, HALT",
        "0x999, USER, SIGBUS", "0x999, KERNEL, TERMINATE", "0x400, KERNEL, HANDLED", "0x72, USER, HANDLED"})
    void m18AnExitCodeThatNobodyKnowsEndsWhoeverRan(String code, VcHandler.From from, VcHandler.Consequence outcome) {
        assertThat(VcHandler.outcome(Integer.decode(code), from)).isEqualTo(outcome);
    }
}
