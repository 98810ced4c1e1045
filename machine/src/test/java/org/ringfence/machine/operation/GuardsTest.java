package org.ringfence.machine.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuardsTest {
    private enum Lock implements Guard {
        DOOR_IS_SHUT,
        KEY_FITS;

        @Override
        public Check check() {
            return new Check("STAYS_OUTSIDE", "the thief has no key", "the keeper's manual", "");
        }
    }

    @Test
    void aMachineWithoutThePartHasEveryGuardOn() {
        Guards guards = Guards.of(Machine.of());
        assertThat(guards.anyOff()).isFalse();
        assertThat(Lock.values()).allMatch(guards::checks);
    }

    @Test
    void aGuardIsOffWhereTheMachineSaysSoAndNoOtherIs() {
        Guards guards = Guards.of(Machine.of(Guards.without(Lock.KEY_FITS)));
        assertThat(guards.checks(Lock.KEY_FITS)).isFalse();
        assertThat(guards.checks(Lock.DOOR_IS_SHUT)).isTrue();
        assertThat(guards).hasToString("without key-fits");
    }
}
