package org.ringfence.machine.tdx.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {

    @ParameterizedTest
    @CsvSource({
        "TDX_SUCCESS, 0",
        "SYS_NOT_READY, C000050500000000",
        "TDX_OPERAND_INVALID_RCX, C000010000000001",
        "TDX_OPERAND_INVALID_RAX, C000010000000000",
        "TDX_OPERAND_BUSY_KET, 80000200000000BB",
        "TDX_OPERAND_BUSY_HOST_PRIORITY, 8000020400000000",
        "TDX_OPERAND_BUSY_OP_STATE, 80000200000000AC",
        "TDX_TLB_TRACKING_NOT_DONE_SEPT_TREE, C0000B0800000092",
        "PAGE_ALREADY_ACCEPTED_2M, 00000B0A00000001"
    })
    void aNameIsTheStatusAndTheOperand(String name, String rax) {
        Completion completion = Completion.named(name);

        assertThat(completion.rax()).isEqualTo(Long.parseUnsignedLong(rax, 16));
        assertThat(completion.code()).isNotNegative();
        assertThat(Completion.rax(completion.code())).isEqualTo(completion.rax());
        assertThat(TdxStatus.of(completion.rax())).contains(completion.status());
        assertThat(TdxStatus.details(completion.rax())).isEqualTo(completion.details());
    }

    @Test
    void aNameThatIsNoStatusIsRefused() {
        assertThatThrownBy(() -> Completion.named("TDX_OPERAND_INVALID_RIP"))
                .hasMessageContaining("TDX_OPERAND_INVALID_RIP");
    }

    @Test
    void everyCodeIsOfOneStatusAndSaysWhetherItIsAnError() {
        Set<Long> codes = new HashSet<>();
        for (TdxStatus status : TdxStatus.values()) {
            assertThat(codes.add(status.code())).as(status.name()).isTrue();
            assertThat(status.code() & 0xFFFF_FFFFL).as(status.name())
                    .isEqualTo(status == TdxStatus.TDX_SEAMCALL_VMFAILINVALID ? 0xFFFF_0000L : 0);
            assertThat(status.isError()).as(status.name()).isEqualTo(status.code() < 0);
        }
        assertThat(Arrays.stream(TdxStatus.values()).filter(TdxStatus::isRecoverable))
                .contains(TdxStatus.TDX_OPERAND_BUSY, TdxStatus.TDX_RND_NO_ENTROPY, TdxStatus.TDX_FLUSHVP_NOT_DONE)
                .doesNotContain(TdxStatus.TDX_SUCCESS, TdxStatus.TDX_TD_FATAL, TdxStatus.TDX_KEY_CONFIGURED);
    }

    @Test
    void aLeafIsFoundByItsNumber() {
        for (SeamcallLeaf leaf : SeamcallLeaf.values()) {
            assertThat(SeamcallLeaf.of(leaf.number())).contains(leaf);
        }
        for (TdcallLeaf leaf : TdcallLeaf.values()) {
            assertThat(TdcallLeaf.of(leaf.number())).contains(leaf);
        }
        assertThat(SeamcallLeaf.of(6)).contains(SeamcallLeaf.TDH_MEM_PAGE_AUG);
        assertThat(SeamcallLeaf.TDH_MEM_PAGE_AUG.mnemonic()).isEqualTo("TDH.MEM.PAGE.AUG");
        assertThat(SeamcallLeaf.of(46)).isEmpty();
        assertThat(TdcallLeaf.of(6)).contains(TdcallLeaf.TDG_MEM_PAGE_ACCEPT);
    }
}
