package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.NoSuchOperation;
import org.ringfence.machine.vocabulary.Vocabulary;

/** Operations of one form go by their mnemonics, and by what these have in common. */
class GeneralNamesTest {
    private static final Vocabulary VOCABULARY = new Vocabulary(SnpForms.firmware());

    @Test
    void anOperationIsReadByTheNameThatItsFormHasToo() throws Exception {
        assertThat(VOCABULARY.parse("SNP guest command kind=snp-launch-finish context=1", Principal.HOST))
                .isEqualTo(VOCABULARY.parse("SNP_LAUNCH_FINISH context=1", Principal.HOST));
    }

    @Test
    void whatItLacksThenIsTold() {
        assertThatThrownBy(() -> VOCABULARY.parse("SNP guest command context=1", Principal.HOST))
                .isInstanceOf(NoSuchOperation.class)
                .hasMessage("SNP guest command lacks 'kind'; its arguments are kind, context");
        assertThatThrownBy(() -> VOCABULARY.parse("SNP guest command kind=x context=1", Principal.HOST))
                .isInstanceOf(NoSuchOperation.class)
                .hasMessage("SNP guest command: kind is 'x'; allowed is snp-gctx-create, snp-launch-finish, "
                        + "snp-decommission");
    }

    @Test
    void noTwoSpellingsOfTheMnemonicItself() {
        assertThatThrownBy(() -> VOCABULARY.parse("SNP_LAUNCH_FINISH kind=snp-launch-finish context=1", Principal.HOST))
                .hasMessage("SNP_LAUNCH_FINISH has no argument 'kind'; its arguments are context");
    }
}
