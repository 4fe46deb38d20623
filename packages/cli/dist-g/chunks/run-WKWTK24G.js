import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  run
} from "./chunk-2J366ICK.js";
import "./chunk-V7QMDFJV.js";
import "./chunk-XNYKT6XT.js";
import "./chunk-BBTDXB4W.js";
import "./chunk-YLP36GFZ.js";
import "./chunk-5LN6FHN2.js";
import "./chunk-6JYLRKDK.js";
import "./chunk-IJCJREXZ.js";
import "./chunk-7SSBNG2S.js";
import "./chunk-Y2MROQQV.js";
import "./chunk-EGQGQT3A.js";
import "./chunk-G5U4NNID.js";
import "./chunk-574XGQBR.js";
import "./chunk-WYE2WXCF.js";
import "./chunk-Z4HAEEUC.js";
import "./chunk-DL7QURQB.js";
import "./chunk-JSFMCB3A.js";
import "./chunk-DVWXHFU4.js";
import "./chunk-GK2WXUHP.js";
import "./chunk-NLNHA66E.js";
import "./chunk-GVOX5WRT.js";
import "./chunk-B2SSDNQC.js";
import "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import "./chunk-TYEFKKFM.js";
import "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";
export {
  run
};
