package org.ringfence.platform.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table of costs says where each figure comes from, and takes another's rows or refuses them with their line. */
class CostTableTest {
    @Test
    void theTermsOfATdsAcceptFaultAddUpToThePublishedEightMicroseconds() {
        CostTable costs = CostTable.defaults();
        double fault = costs.seconds("other") + costs.seconds("exit") + costs.seconds("TDH.MEM.PAGE.AUG 4K")
                + costs.seconds("TDH.VP.ENTER") + costs.seconds("TDG.MEM.PAGE.ACCEPT 4K");
        assertThat(fault).isCloseTo(8e-6, within(1e-12));
    }

    @Test
    void whatIsPublishedNamesItsSource() {
        assertThat(CostTable.defaults().costs())
                .filteredOn(cost -> cost.origin() == Cost.Origin.PUBLISHED)
                .isNotEmpty()
                .allSatisfy(cost -> assertThat(cost.source()).isNotEmpty());
    }

    @Test
    void aFileReplacesTheRowsThatItHas() throws BadCosts {
        CostTable costs = CostTable.defaults().with("""
                # of our own
                VMRUN = 3 ms | published | a report # and more
                accept bandwidth = 1 GiB/s
                """);
        assertThat(costs.seconds("VMRUN")).isEqualTo(3e-3);
        assertThat(costs.amount("accept bandwidth")).isEqualTo(1 << 30);
        assertThat(costs.seconds("exit")).isEqualTo(CostTable.defaults().seconds("exit"));
        assertThat(costs.seconds("no such operation")).isEqualTo(costs.seconds("other"));
        assertThat(costs.costs()).hasSameSizeAs(CostTable.defaults().costs());
        assertThat(costs.costs()).contains(new Cost("VMRUN", 3, CostUnit.MS, Cost.Origin.PUBLISHED, "a report"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '"', value = {
        "VMRUN ~ is no cost; allowed is NAME = AMOUNT UNIT",
        "VMRUN = 1 ~ is no cost",
        "= 1 us ~ is no cost",
        "VMRUN = one us ~ 'one' is no amount",
        "VMRUN = NaN us ~ 'NaN' is no amount",
        "VMRUN = -1 us ~ '-1' is no amount",
        "VMRUN = 1e13 s ~ is no amount; allowed is a number from 0 to 1e12",
        "VMRUN = 1 min ~ unknown unit 'min'; allowed are ns, us, ms, s",
        "VMRUN = 1 GiB ~ VMRUN is given in GiB; allowed are ns, us, ms, s",
        "accept bandwidth = 0 GiB/s ~ is 0; allowed is more",
        "VMRUM = 1 us ~ unknown cost 'VMRUM'; allowed are other, exit",
        "VMRUN = 1 us | guessed | by me ~ 'guessed' is no origin",
    })
    void whatIsNoRowIsRefusedWithItsLine(String line, String sentence) {
        BadCosts bad = catchThrowableOfType(
                BadCosts.class, () -> CostTable.defaults().with("\n# comment\nexit = 1 us\n" + line + "\n"));
        assertThat(bad.line()).isEqualTo(4);
        assertThat(bad.sentence()).contains(sentence);
    }

    @Test
    void aRowThatIsGivenTwiceIsRefused() {
        BadCosts bad = catchThrowableOfType(
                BadCosts.class, () -> CostTable.defaults().with("exit = 1 us\nexit = 2 us"));
        assertThat(bad.line()).isEqualTo(2);
        assertThat(bad.sentence()).isEqualTo("'exit' is given twice; allowed is once");
    }
}
